/** First four bytes of an OpenEXR file, as a little-endian number. */
export const EXR_MAGIC = 20000630;

/** How the samples of a channel are stored, in the order of their numbers in the format. */
export const EXR_SAMPLE_TYPES = ['uint', 'half', 'float'] as const;
export type ExrSampleType = (typeof EXR_SAMPLE_TYPES)[number];

/** Bytes of a sample. */
export const EXR_SAMPLE_BYTES: Record<ExrSampleType, number> = { uint: 4, half: 2, float: 4 };
