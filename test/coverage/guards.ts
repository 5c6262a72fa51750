/**
 * The files that keep a program, a server, a skill or a client from what its grant does not name, and
 * what each keeps. A run of all tests has to run each of their lines.
 */
export const guards: Readonly<Record<string, string>> = {
  // What a program may call, and what becomes of the answer.
  'packages/bridge/src/policy.ts': 'decides whether a call is allowed, asked about or denied',
  'packages/bridge/src/policy-config.ts': 'reads the rules; an unknown one must not mean "allowed"',
  'packages/bridge/src/tool-pattern.ts': 'says which tools a rule is about',
  'packages/bridge/src/tool-traits.ts': 'says whose word counts on what a tool does',
  'packages/bridge/src/args-digest.ts': 'ties an approval to the parameters it was given for',
  'packages/bridge/src/definition-change.ts': 'finds that a pinned tool was changed',
  'packages/bridge/src/tool-params.ts': 'makes the text of parameters that all decisions are about',
  'packages/bridge/src/rate-limit.ts': 'bounds how often a program calls',
  'packages/bridge/src/result-cache.ts': 'keeps results apart by principal and session',
  'packages/bridge/src/redact.ts': 'keeps secrets of the configuration out of what a program sees',
  'packages/bridge/src/secret-options.ts': 'tells which arguments and parameters are secrets',
  'packages/bridge/src/schema-check.ts': 'holds answers against schemas of a server',
  'packages/bridge/src/bounded-schema.ts': 'keeps a server from running its own patterns here',

  // What a server may do to the host.
  'packages/bridge/src/line-frames.ts': 'bounds what a server writes before it is parsed',
  'packages/bridge/src/bounded-fetch.ts': 'bounds what a server answers over HTTP',
  'packages/bridge/src/foreign-fetch.ts': 'fetches what a server names, and only from there',
  'packages/bridge/src/reachable.ts': 'keeps a server from naming addresses inside',
  'packages/introspector/src/json-bounds.ts': 'bounds schemas and definitions',
  'packages/introspector/src/text.ts': 'strips what a reader would not see from texts of a server',
  'packages/codegen/src/escape.ts': 'quotes texts of a server in generated code',
  'packages/codegen/src/identifier.ts': 'makes names of generated code',
  'packages/codegen/src/distinct-names.ts': 'keeps two tools from having one name',
  'packages/codegen/src/file-name.ts': 'makes names of generated files',

  // The content filter.
  'packages/bridge/src/filter/content-filter.ts': 'hides values and puts them back',
  'packages/bridge/src/filter/find.ts': 'finds personal data in JSON text',
  'packages/bridge/src/filter/json-text.ts': 'finds the texts within JSON',
  'packages/bridge/src/filter/national-ids.ts': 'recognises numbers of persons',
  'packages/bridge/src/filter/network.ts': 'recognises addresses',
  'packages/bridge/src/filter/own-pattern.ts': 'bounds the patterns of a configuration',
  'packages/bridge/src/filter/payment.ts': 'recognises cards and accounts',
  'packages/bridge/src/filter/phone.ts': 'recognises telephone numbers',
  'packages/bridge/src/filter/secrets.ts': 'recognises keys and tokens',
  'packages/bridge/src/filter/token.ts': 'makes tokens that no text can forge',
  'packages/bridge/src/filter/token-vault.ts': 'keeps what tokens stand for',

  // What leaves the guest.
  'packages/core/src/ids.ts':
    'parses virtual paths, and names of servers, tools, skills and sessions',
  'packages/core/src/json-bounds.ts': 'bounds depth and nodes before JSON is parsed',
  'packages/vfs/src/paths.ts': 'resolves paths of a program',
  'packages/vfs/src/host-folder.ts': 'keeps reads of a mounted folder within it',
  'packages/vfs/src/quota.ts': 'bounds what a program writes',
  'packages/wasm-runtime/src/frames.ts': 'parses the messages of a step',
  'packages/wasm-runtime/src/guest-frames.ts': 'takes them out of the memory of the guest',
  'packages/wasm-runtime/src/wire.ts': 'reads and writes numbers and texts of them',
  'packages/wasm-runtime/src/snapshot.ts': 'reads snapshots that anyone may have written',
  'packages/wasm-runtime/src/program-file.ts': 'reads compiled programs likewise',

  // The meter: a program cannot get round it.
  'packages/wasm-runtime/src/metering/binary.ts': 'reads the binary format',
  'packages/wasm-runtime/src/metering/body.ts': 'charges functions',
  'packages/wasm-runtime/src/metering/call-graph.ts': 'finds where code leads back',
  'packages/wasm-runtime/src/metering/constant-expression.ts': 'reads initial values',
  'packages/wasm-runtime/src/metering/instructions.ts': 'reads instructions',
  'packages/wasm-runtime/src/metering/instrumentation.ts': 'writes the charges',
  'packages/wasm-runtime/src/metering/meter.ts': 'rewrites a module',
  'packages/wasm-runtime/src/metering/module.ts': 'reads the sections of a module',

  // Skills and configuration.
  'packages/skill-store/src/archive.ts': 'unpacks archives of others',
  'packages/skill-store/src/checksum.ts': 'says what a skill has to be made of',
  'packages/skill-store/src/pins.ts': 'keeps digests outside of the skill',
  'packages/skill-store/src/read-folder.ts': 'reads folders of others without following links',
  'packages/cli/src/skills/admit.ts': 'asks about skills that have changed',
  'packages/cli/src/project-trust.ts': 'keeps a repository from starting commands',
  'packages/bridge/src/trust-file.ts': 'keeps what the user trusts',
  'packages/cli/src/plain-text.ts': 'strips control characters from what is shown',
  'packages/cli/src/config/mask.ts': 'masks secrets of servers in what is shown',

  // Clients over HTTP.
  'packages/server/src/http/admission.ts': 'lets requests in',
  'packages/server/src/http/authenticate.ts': 'says whose token it is',
  'packages/server/src/http/failure-rate.ts': 'slows down who guesses',
  'packages/server/src/http/loopback.ts': 'says which addresses are this machine',
  'packages/server/src/http/origin-guard.ts': 'checks Host and Origin',
  'packages/server/src/http/reach.ts': 'refuses to serve others without tokens',
  'packages/server/src/http/token-grant.ts': 'says what a token may do',
  'packages/server/src/http/token-record.ts': 'parses what is kept of a token',
  'packages/server/src/http/token-store.ts': 'keeps tokens as digests',
  'packages/server/src/http/token-text.ts': 'makes and parses tokens',
  'packages/server/src/tools/read-input.ts': 'parses what a client calls with',
  'packages/cli/src/serve/client-grant.ts': 'holds a client to its token',
  'packages/cli/src/serve/limits-clamp.ts': "holds a client to the operator's limits",
};
