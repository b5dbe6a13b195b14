/** Ids of the one set of resources that the examples of the reference page show. */
export const exampleIds = {
  organization: 'org_01kb2v4t9wf6x8q3m5n7p0r2s4',
  project: 'prj_01kb2v4t9wf6x8q3m5n7p0r2s5',
  asset: 'ast_01kb2v4t9wf6x8q3m5n7p0r2s6',
  version: 'ver_01kb2v4t9wf6x8q3m5n7p0r2s7',
  derivative: 'drv_01kb2v4t9wf6x8q3m5n7p0r2s8',
  render: 'rnd_01kb2v4t9wf6x8q3m5n7p0r2s9',
  job: 'job_01kb2v4t9wf6x8q3m5n7p0r2sa',
  renderJob: 'job_01kb2v4t9wf6x8q3m5n7p0r2sb',
  apiKey: 'key_01kb2v4t9wf6x8q3m5n7p0r2sc',
  environment: 'env_01kb2v4t9wf6x8q3m5n7p0r2sd',
  batch: 'bat_01kb2v4t9wf6x8q3m5n7p0r2sg',
  webhook: 'whk_01kb2v4t9wf6x8q3m5n7p0r2se',
  delivery: 'whd_01kb2v4t9wf6x8q3m5n7p0r2sf',
};

export const exampleSha256 = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
export const exampleTime = '2026-11-20T09:30:00.000Z';
