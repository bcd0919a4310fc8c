import { describe, expect, test } from 'vitest';
import { classifySmtpError } from './classify-smtp-error.ts';

/** An error with the fields that nodemailer sets. */
function smtpError(fields: {
  readonly code?: string;
  readonly responseCode?: number;
  readonly command?: string;
  readonly originalCode?: string;
  readonly response?: string;
  readonly message?: string;
}): Error {
  return Object.assign(new Error(fields.message ?? 'no'), fields);
}

describe('classifySmtpError', () => {
  test.each([
    // Replies about one recipient or one e-mail.
    ['permanent', { code: 'EENVELOPE', responseCode: 550, command: 'RCPT TO' }],
    ['permanent', { code: 'EENVELOPE', responseCode: 553, command: 'RCPT TO' }],
    ['permanent', { code: 'EMESSAGE', responseCode: 554, command: 'DATA' }],
    ['permanent', { code: 'EENVELOPE', responseCode: 552, command: 'MAIL FROM' }],
    ['transient', { code: 'EENVELOPE', responseCode: 450, command: 'RCPT TO' }],
    ['transient', { code: 'EMESSAGE', responseCode: 451, command: 'DATA' }],
    ['throttled', { code: 'EENVELOPE', responseCode: 452, command: 'MAIL FROM' }],
    ['transient', { code: 'EENVELOPE', responseCode: 503, command: 'RCPT TO' }],
    // nodemailer refused to hand the e-mail over.
    ['invalid', { code: 'EENVELOPE', command: 'API' }],
    ['invalid', { code: 'EMESSAGE', command: 'MAIL FROM' }],
    ['transient', { code: 'ESTREAM', command: 'API' }],
    ['transient', { code: 'EMAXLIMIT' }],
    // Replies about the server, or about us as the sender.
    ['unavailable', { code: 'EENVELOPE', responseCode: 550, command: 'MAIL FROM' }],
    ['unavailable', { code: 'EENVELOPE', responseCode: 530, command: 'MAIL FROM' }],
    ['throttled', { code: 'EENVELOPE', responseCode: 451, command: 'MAIL FROM' }],
    ['unavailable', { code: 'EAUTH', responseCode: 535, command: 'AUTH PLAIN' }],
    ['unavailable', { code: 'EAUTH', responseCode: 454, command: 'AUTH LOGIN' }],
    ['unavailable', { code: 'ENOAUTH' }],
    ['unavailable', { code: 'EDNS', originalCode: 'ENOTFOUND', command: 'CONN' }],
    ['unavailable', { code: 'ETLS', command: 'STARTTLS' }],
    ['unavailable', { code: 'ECONNECTION', responseCode: 421, command: 'CONN' }],
    ['unavailable', { code: 'EMESSAGE', responseCode: 421, command: 'DATA' }],
    [
      'unavailable',
      { code: 'EENVELOPE', responseCode: 421, command: 'MAIL FROM', response: '421 4.3.2 shutting down' },
    ],
    [
      'throttled',
      { code: 'EENVELOPE', responseCode: 421, command: 'MAIL FROM', response: '421 4.7.0 try again later' },
    ],
    // The server wants no more e-mails for now.
    ['throttled', { code: 'EENVELOPE', responseCode: 452, command: 'DATA' }],
    ['throttled', { code: 'EMESSAGE', responseCode: 452, command: 'DATA', response: '452 4.3.1 no room now' }],
    ['throttled', { code: 'EENVELOPE', responseCode: 450, command: 'RCPT TO', response: '450-4.7.28 too much mail' }],
    ['throttled', { code: 'EMESSAGE', responseCode: 451, command: 'DATA', response: '451 4.7.500 Server busy' }],
    ['throttled', { code: 'EENVELOPE', responseCode: 451, command: 'RCPT TO', response: '451 4.4.5 congestion' }],
    // The same replies about one recipient.
    ['transient', { code: 'EENVELOPE', responseCode: 452, command: 'RCPT TO', response: '452 4.2.2 mailbox full' }],
    ['transient', { code: 'EENVELOPE', responseCode: 450, command: 'RCPT TO', response: '450 4.7.1 greylisted' }],
    ['transient', { code: 'EENVELOPE', responseCode: 451, command: 'RCPT TO', response: '451 4.3.0 try later' }],
    [
      'permanent',
      { code: 'EENVELOPE', responseCode: 550, command: 'RCPT TO', response: '550 4.3.2 contradicts itself' },
    ],
    // The connection failed. The cause may be the server or the e-mail.
    ['unclear', { code: 'ESOCKET', originalCode: 'ECONNREFUSED', command: 'CONN' }],
    ['unclear', { code: 'ESOCKET', originalCode: 'ECONNRESET', command: 'CONN' }],
    ['unclear', { code: 'ECONNECTION', command: 'CONN' }],
    ['unclear', { code: 'ETIMEDOUT', command: 'CONN' }],
    ['unclear', { code: 'EPROTOCOL', responseCode: 554, command: 'CONN' }],
  ])('%s is the kind of the failure %j', (kind, fields) => {
    expect(classifySmtpError(smtpError(fields)).kind).toBe(kind);
  });

  test('a failure that SMTP does not explain is unknown', () => {
    expect(classifySmtpError(new RangeError('no barcode'))).toEqual({
      kind: 'unknown',
      code: 'RangeError',
      message: 'no barcode',
    });
    expect(classifySmtpError('thrown text')).toEqual({ kind: 'unknown', code: 'UNKNOWN', message: 'thrown text' });
  });

  test.each([
    ['550', { code: 'EENVELOPE', responseCode: 550, command: 'RCPT TO' }],
    ['ECONNREFUSED', { code: 'ESOCKET', originalCode: 'ECONNREFUSED' }],
    ['ETIMEDOUT', { code: 'ETIMEDOUT' }],
  ])('%s is the most specific code of %j', (code, fields) => {
    expect(classifySmtpError(smtpError(fields)).code).toBe(code);
  });

  test('the message is one short line without personal data', () => {
    const message = `recipient refused: 550-5.1.1 <jose@example.com>\r\n550 5.1.1 CPF 529.982.247-25 ${'x'.repeat(500)}`;
    const failure = classifySmtpError(smtpError({ message, code: 'EENVELOPE', responseCode: 550 }));
    expect(failure.message).toMatch(
      /^recipient refused: 550-5\.1\.1 <\[email\]@example\.com> 550 5\.1\.1 CPF \[cpf\] x+$/,
    );
    expect(failure.message).toHaveLength(300);
  });
});
