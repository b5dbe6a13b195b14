/** Version of the API, as its document says it: the package's. A test keeps the two together. */
export const API_VERSION = '0.1.0';
