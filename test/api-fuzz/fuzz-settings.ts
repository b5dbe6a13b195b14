/** Settings of a server whose requests are made up: counts are not limited, and no work takes long. */
export const FUZZ_SETTINGS = {
  MAQUETTE_RATE_READ: 'off',
  MAQUETTE_RATE_WRITE: 'off',
  MAQUETTE_RATE_WORK: 'off',
  MAQUETTE_RATE_FAILURES: 'off',
  MAQUETTE_SAMPLES: 'false',
  MAQUETTE_RENDER_SECONDS: '2',
  MAQUETTE_GEOMETRY_SECONDS: '5',
  MAQUETTE_RENDER_MEMORY: '512MiB',
};
