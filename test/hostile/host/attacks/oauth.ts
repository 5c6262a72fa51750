import type { WebGroup } from '../server-attack.ts';
import type { Answer, Exchange } from '../web-server.ts';

const document = (value: object): Answer => ({ body: JSON.stringify(value) });
const demand: Answer = { status: 401, headers: { 'www-authenticate': 'Bearer' } };
const resource = { resource: '$own/mcp', authorization_servers: ['$own'] };
const issuer = {
  issuer: '$own',
  authorization_endpoint: '$own/authorize',
  token_endpoint: '$own/token',
  registration_endpoint: '$own/register',
  response_types_supported: ['code'],
  code_challenge_methods_supported: ['S256'],
  token_endpoint_auth_methods_supported: ['none'],
};

/** A server that wants a token, and says where one is given. */
const guarded = (ofResource: object, ofIssuer: object = {}, more: Exchange = {}): Exchange => ({
  initialize: demand,
  'server/discover': demand,
  '/.well-known/oauth-protected-resource/mcp': document({ ...resource, ...ofResource }),
  '/.well-known/oauth-authorization-server': document({ ...issuer, ...ofIssuer }),
  '/register': document({ client_id: 'c', redirect_uris: ['http://127.0.0.1/callback'] }),
  ...more,
});

/** Row 23: what a server says of OAuth. The person agrees to each page that is shown. */
export const oauth: readonly WebGroup[] = [
  {
    end: { unavailable: 'SERVER_UNAVAILABLE' },
    caps: { connectMs: 8_000 },
    servers: {
      'a page that is a script': guarded({}, { authorization_endpoint: 'javascript:alert(1)' }),
      'a page that is a file': guarded({}, { authorization_endpoint: 'file:///etc/passwd' }),
      'a page without encryption': guarded({}, { authorization_endpoint: 'http://evil.test/a' }),
      'a page that is data': guarded({}, { authorization_endpoint: 'data:text/html,x' }),
      'a page that is no text': guarded({}, { authorization_endpoint: 7 }),
      'another issuer than was asked': guarded({}, { issuer: 'https://evil.test' }),
      'no proof of the code': guarded({}, { code_challenge_methods_supported: ['plain'] }),
      'an issuer that is a script': guarded({ authorization_servers: ['javascript:1'] }),
      'an issuer that is a file': guarded({ authorization_servers: ['file:///etc/passwd'] }),
      'an issuer at the addresses of a cloud': guarded({
        authorization_servers: ['http://169.254.169.254'],
      }),
      'issuers without a name': guarded({ authorization_servers: [''] }),
      'the resource of somebody else': guarded({ resource: 'https://bank.test/mcp' }),
      'a resource that is a text of a megabyte': guarded({ resource: 'x'.repeat(1_000_000) }),
      'metadata with the key __proto__': guarded(
        JSON.parse('{"__proto__":{"polluted":1},"resource":1}'),
      ),
      'metadata that lead to the trap': guarded(
        {},
        {},
        {
          '/.well-known/oauth-protected-resource/mcp': {
            status: 307,
            headers: { location: '$trap' },
          },
          '/.well-known/oauth-authorization-server': {
            status: 307,
            headers: { location: '$trap' },
          },
        },
      ),
      'metadata without end': guarded(
        {},
        {},
        {
          '/.well-known/oauth-protected-resource/mcp': {
            body: ' '.repeat(100_000),
            after: 'again',
          },
        },
      ),
      'a registration that leads to the trap': guarded(
        {},
        {},
        {
          '/register': { status: 307, headers: { location: '$trap/register' } },
        },
      ),
      'a registration that is none': guarded({}, {}, { '/register': document({ client_id: 7 }) }),
      'a challenge of a megabyte': guarded(
        {},
        {},
        {
          initialize: {
            status: 401,
            headers: { 'www-authenticate': `Bearer scope="${'x '.repeat(5_000)}"` },
          },
          '/.well-known/oauth-authorization-server': { status: 404 },
          '/register': { status: 404 },
        },
      ),
    },
  },
];
