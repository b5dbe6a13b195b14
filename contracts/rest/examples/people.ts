const time = '2026-11-26T09:30:00.000Z';
const later = '2026-12-03T09:30:00.000Z';
const suffix = '01kb2v4t9wf6x8q3m5n7p0r2s4';

export const exampleUser = { id: `usr_${suffix}`, email: 'ada@example.org', name: 'Ada', createdAt: time };

export const exampleSignInSession = {
  id: `sgn_${suffix}`,
  createdAt: time,
  lastSeenAt: time,
  expiresAt: later,
  address: '203.0.113.7',
  userAgent: 'Mozilla/5.0',
  current: true,
};

export const exampleSignedIn = {
  user: exampleUser,
  organization: { id: `org_${suffix}`, name: 'Maquette' },
  role: 'editor',
  projectRoles: {},
  session: exampleSignInSession,
  csrfToken: 'q0c2Zl3yQxJ7b1W8m5n4t6r9s2u1v0w3',
};

export const exampleServiceAccount = { id: `sva_${suffix}`, name: 'build server', role: 'editor', createdAt: time };

export const exampleAuditEntry = {
  id: `aud_${suffix}`,
  time,
  actor: { kind: 'user', id: `usr_${suffix}`, credentialId: `sgn_${suffix}` },
  action: 'deleteAsset',
  subject: { type: 'asset', id: `ast_${suffix}` },
  outcome: 'done',
  address: '203.0.113.7',
  requestId: '6f1c9d8e-2b7a-4c55-9a0e-0d4f6a1b2c3d',
  details: {},
};

export const exampleOrganization = {
  id: `org_${suffix}`,
  name: 'Maquette',
  role: 'owner',
  allowedOrigins: ['https://shop.example.com'],
  createdAt: time,
};

export const exampleMember = { user: exampleUser, role: 'editor', since: time };

export const exampleInvitation = {
  id: `inv_${suffix}`,
  email: 'ada@example.org',
  role: 'editor',
  projectId: null,
  createdAt: time,
  expiresAt: later,
  acceptedAt: null,
  revokedAt: null,
};
