// Gaussian splats.

/** Mean, covariance (xx xy xz yy yz zz) in render space, opacity; f32. */
export const SPLAT_BYTES = 40;
/** First, count, degree, linear colours, harmonics, turn of directions (f32 × 9). */
export const SPLAT_GROUP_BYTES = 64;
/** Bytes of a splat as the camera sees it: see splat-view.ts. */
export const SPLAT_VIEW_BYTES = 48;
