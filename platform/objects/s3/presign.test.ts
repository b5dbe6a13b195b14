import { describe, expect, it } from 'vitest';
import { presign } from './presign.ts';

/** The example of "Authenticating Requests: Using Query Parameters (AWS Signature Version 4)". */
const EXAMPLE = {
  keys: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' },
  region: 'us-east-1',
  at: new Date('2013-05-24T00:00:00Z'),
  expiresSeconds: 86_400,
};
const signatureOf = (url: URL) => url.searchParams.get('X-Amz-Signature');

describe('a presigned request', () => {
  it('has the signature of the example that Amazon publishes', () => {
    const url = new URL('https://examplebucket.s3.amazonaws.com/test.txt');
    const signed = presign({ method: 'GET', url, headers: {} }, EXAMPLE);
    expect(signatureOf(signed)).toBe('aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404');
    expect(signed.searchParams.get('X-Amz-Credential')).toBe('AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request');
  });

  it('has another signature when anything of it is another', () => {
    const url = new URL('https://storage.example:9000/bucket/incoming/one?partNumber=1&uploadId=a%2Fb');
    const request = { method: 'PUT', url, headers: { 'content-length': '5' } };
    const other = new URL(url.href.replace('partNumber=1', 'partNumber=2'));
    const signatures = [
      presign(request, EXAMPLE),
      presign({ ...request, method: 'GET' }, EXAMPLE),
      presign({ ...request, url: other }, EXAMPLE),
      presign({ ...request, headers: { 'content-length': '6' } }, EXAMPLE),
      presign({ ...request, headers: { 'content-length': '5', 'x-amz-content-sha256': 'ab' } }, EXAMPLE),
      presign(request, { ...EXAMPLE, expiresSeconds: 60 }),
      presign(request, { ...EXAMPLE, keys: { ...EXAMPLE.keys, sessionToken: 'lent' } }),
    ].map(signatureOf);
    expect(new Set(signatures).size).toBe(signatures.length);
  });
});
