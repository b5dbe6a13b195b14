import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { accessDocumentation } from '#contracts/access/documentation.ts';
import { errorsDocument } from '#contracts/errors/documentation.ts';
import { operationsDocument } from '#contracts/operations/documentation.ts';
import { apiDocumentation } from '#contracts/rest/documentation.ts';
import { validationDocument } from '#engine/validate/documentation.ts';
import { configurationDocument } from '#platform/config/documentation.ts';
import { PYTHON_CLIENT, pythonClient } from './python-client/python-client.ts';

await writeFile('docs/access.md', accessDocumentation());
await writeFile('docs/api.md', apiDocumentation());
await writeFile('docs/configuration.md', configurationDocument());
await writeFile('docs/errors.md', errorsDocument());
await writeFile('docs/operations.md', operationsDocument());
await writeFile('docs/validation.md', validationDocument());
for (const [name, text] of Object.entries(pythonClient())) await writeFile(join(PYTHON_CLIENT, name), text);
