import { idSchema } from '../ids/ids.ts';
import { eventSchema } from './envelope.ts';

/** An asset and everything made from it was deleted. */
export const AssetDeleted = eventSchema('asset_deleted', 'asset', {
  assetId: idSchema('asset'),
});
