// Texts with what shall be found in them, and texts in which nothing shall be found. All made up,
// from a fixed seed: the same texts each time.
import type { ContentKind } from '../src/index.ts';
import {
  alnum,
  cardOf,
  codiceFiscaleOf,
  cpfOf,
  digits,
  dniOf,
  grouped,
  hex,
  ibanOf,
  luhn,
  type Make,
  nirOf,
  Random,
  steuerIdOf,
  upper,
} from './filter-values.ts';

export interface Sample {
  /** Kind, or class of texts without findings. */
  readonly group: string;
  /** Form or place within the group. */
  readonly form: string;
  /** As a tool's result. */
  readonly value: unknown;
  /** What shall be found; undefined where nothing shall. */
  readonly wanted?: string;
}

const names = [
  'ada',
  'alan',
  'grace.hopper',
  'j.doe',
  'maria-luisa',
  'o.brien',
  'x_y',
  'zoé',
  'sam+news',
];
const hosts = [
  'example.com',
  'mail.example.co.uk',
  'uni-köln.de',
  'firm.io',
  'a.b.example.org',
  'corp.museum',
  'xn--bcher-kva.example',
];
const base64url = `${alnum}-_`;

const jwt: Make = (random) =>
  `eyJ${random.of(base64url, 33)}.eyJ${random.of(base64url, 60)}.${random.of(base64url, 43)}`;

/** Every form of every kind that shall be found; also those that are known to be missed. */
const forms: Readonly<Record<ContentKind, Readonly<Record<string, Make>>>> = {
  email: {
    plain: (r) => `${r.pick(names)}@${r.pick(hosts)}`,
    'with digits': (r) => `${r.pick(names)}${r.int(1, 99)}@${r.pick(hosts)}`,
    capitals: (r) => `${r.pick(names).toUpperCase()}@${r.pick(hosts).toUpperCase()}`,
    'in a URL': (r) => `${r.pick(['ada', 'alan', 'j.doe'])}%40example.com`,
  },
  phone: {
    'E.164': (r) =>
      `+${r.pick(['1N##N######', '49170#######', '447#########', '336########', '34612######', '9198########', '8190########'])}`.replace(
        /[#N]+/g,
        (part) => r.like(part),
      ),
    'international, grouped': (r) =>
      r.like(
        r.pick([
          '+1 N## N## ####',
          '+1-N##-N##-####',
          '+49 170 #######',
          '+49 (0) 30 ######',
          '+44 20 7### ####',
          '+44 (0)20 7### ####',
          '+33 6 ## ## ## ##',
          '+34 612 ### ###',
          '+91 98### #####',
        ]),
      ),
    'North America': (r) =>
      r.like(r.pick(['(N##) N##-####', 'N##-N##-####', 'N##.N##.####', '1-N##-N##-####'])),
    'United Kingdom': (r) =>
      r.like(r.pick(['020 7### ####', '07### ######', '0161 ### ####', '01### ######'])),
    Germany: (r) =>
      r.like(r.pick(['030 #######', '0170 #######', '089/######', '0221-#######', '(030) ######'])),
    France: (r) => r.like(r.pick(['06 ## ## ## ##', '01.##.##.##.##', '04-##-##-##-##'])),
    'bare digits': (r) => r.like(r.pick(['N##N######', '0170#######', '612######'])),
    'blanks only': (r) => r.like(r.pick(['N## N## ####', '612 ### ###', '98### #####'])),
  },
  card: {
    plain: cardOf,
    'by blanks': (r) => grouped(cardOf(r), 4, ' '),
    'by hyphens': (r) => grouped(cardOf(r), 4, '-'),
    'of 15 digits': (r) => luhn(`37${r.of(digits, 12)}`),
    '4-6-5': (r) => luhn(`34${r.of(digits, 12)}`).replace(/(.{4})(.{6})(.{5})/, '$1 $2 $3'),
    'of 13 and 19 digits': (r) => luhn(`4${r.of(digits, r.pick([11, 17]))}`),
  },
  iban: {
    plain: ibanOf,
    'by blanks': (r) => grouped(ibanOf(r), 4, ' '),
    'small letters': (r) => ibanOf(r).toLowerCase(),
  },
  national_id: {
    'US SSN': (r) => `${r.pick(['078', '219', '457', '512'])}-${r.like('#X')}-${r.like('X###')}`,
    'US SSN, bare': (r) =>
      `${r.pick(['078', '219', '457', '512'])}${r.like('#X')}${r.like('X###')}`,
    'UK NINO': (r) =>
      `${r.pick(['AB', 'CE', 'JK', 'PR'])}${r.of(digits, 6)}${r.pick(['A', 'B', 'C', 'D'])}`,
    'UK NINO, by blanks': (r) => `AB ${r.of(digits, 2)} ${r.of(digits, 2)} ${r.of(digits, 2)} C`,
    'DE Steuer-ID': steuerIdOf,
    'DE Steuer-ID, by blanks': (r) => steuerIdOf(r).replace(/(..)(...)(...)(...)/, '$1 $2 $3 $4'),
    'FR NIR': nirOf,
    'FR NIR, by blanks': (r) =>
      nirOf(r).replace(/(.)(..)(..)(..)(...)(...)(..)/, '$1 $2 $3 $4 $5 $6 $7'),
    'ES DNI': dniOf,
    'IT codice fiscale': codiceFiscaleOf,
    'BR CPF': cpfOf,
  },
  ip: {
    IPv4: (r) => `${r.int(1, 126)}.${r.int(0, 255)}.${r.int(0, 255)}.${r.int(1, 254)}`,
    'IPv6 in full': (r) => Array.from({ length: 8 }, () => r.of(hex, 4)).join(':'),
    'IPv6 shortened': (r) => `2001:db8:${r.of(hex, 3)}::${r.int(1, 9)}${r.of(hex, 2)}`,
    'IPv6 link-local': (r) => `fe80::${r.of(hex, 4)}:${r.int(1, 9)}${r.of(hex, 3)}`,
  },
  api_key: {
    'sk-': (r) => `sk-${r.pick(['', 'proj-', 'ant-api03-'])}${r.of(base64url, 47)}a`,
    Stripe: (r) => `${r.pick(['sk', 'rk'])}_live_${r.of(alnum, 24)}`,
    GitHub: (r) =>
      r.pick([
        `ghp_${r.of(alnum, 36)}`,
        `gho_${r.of(alnum, 36)}`,
        `github_pat_${r.of(alnum, 22)}_${r.of(alnum, 59)}`,
      ]),
    GitLab: (r) => `glpat-${r.of(base64url, 19)}x`,
    Slack: (r) => `xoxb-${r.of(digits, 11)}-${r.of(digits, 12)}-${r.of(alnum, 24)}`,
    'AWS key id': (r) => `${r.pick(['AKIA', 'ASIA'])}${r.of(`${upper}234567`, 16)}`,
    'AWS secret key': (r) => `${r.of(`${alnum}/+`, 39)}a`,
    Google: (r) => `AIza${r.of(base64url, 34)}a`,
    npm: (r) => `npm_${r.of(alnum, 36)}`,
    JWT: jwt,
    bearer: (r) => `${r.of(alnum, 16)}7${r.of(alnum, 12)}`,
    PEM: (r) =>
      `-----BEGIN ${r.pick(['', 'RSA ', 'EC ', 'OPENSSH '])}PRIVATE KEY-----\n${grouped(r.of(alnum, 300), 64, '\n')}\n-----END PRIVATE KEY-----`,
    'password in a URL': (r) => `admin:${r.of(alnum, 12)}`,
  },
};

type Carry = (value: string, random: Random) => unknown;

/** Where values stand. Of bare numbers, the text beside them says what they are in half of these. */
const places: Readonly<Record<string, Readonly<Record<string, Carry>>>> = {
  email: {
    sentence: (v) => `Please write to ${v}, she answers quickly.`,
    header: (v) => `From: Ada <${v}>\nSubject: hello`,
    json: (v, r) => ({ id: r.int(1, 999), email: v, active: true }),
    csv: (v, r) => `id,name,mail\n${r.int(1, 999)},"Doe, J.",${v}\n`,
    log: (v) => `2026-11-21T10:11:12Z INFO user=${v} logged in (ok)`,
    code: (v) => `const owner = '${v}'; // see README`,
    link: (v) => `<a href="mailto:${v}">mail</a>`,
  },
  phone: {
    sentence: (v) => `You can reach him at ${v} after six.`,
    named: (v) => `Tel.: ${v}`,
    json: (v, r) => ({ id: r.int(1, 999), phoneNumber: v }),
    csv: (v) => `name,phone\nAda,${v}\n`,
    log: (v) => `10:11:12 sms sent to ${v} status=200`,
    markdown: (v) => `| Ada | ${v} | Berlin |`,
  },
  card: {
    sentence: (v) => `I paid with ${v} yesterday.`,
    json: (v) => ({ payment: { number: v, expires: '12/29' } }),
    number: (v) => (/^\d{13,15}$/.test(v) ? { pan: Number(v) } : { pan: v }),
    csv: (v) => `1001,${v},19.99,EUR`,
    log: (v) => `WARN charge failed card=${v} code=51`,
  },
  iban: {
    sentence: (v) => `Transfer it to ${v} please.`,
    json: (v) => ({ account: { iban: v } }),
    csv: (v) => `Ada;${v};100,00`,
    log: (v) => `payout iban=${v}: accepted`,
  },
  national_id: {
    sentence: (v) => `The number on the form is ${v}.`,
    named: (v) => `SSN / ID: ${v}`,
    json: (v) => ({ person: { ssn: v } }),
    csv: (v) => `Doe;Jane;${v};1980-01-02`,
    log: (v) => `verify id=${v} result=match`,
  },
  ip: {
    sentence: (v) => `The request came from ${v}, again.`,
    json: (v) => ({ client: { ip: v, port: 443 } }),
    csv: (v) => `2026-11-21,${v},200`,
    log: (v) => `${v} - - [21/Nov/2026:10:11:12 +0000] "GET / HTTP/1.1" 200 512`,
    code: (v) => `server.listen(80, "${v}");`,
    'json, unnamed': (v) => ({ current: v }),
  },
  api_key: {
    env: (v) => `DEBUG=1\nKEY=${v}\nPORT=80`,
    json: (v) => ({ credentials: { key: v } }),
    code: (v) => `const client = new Client({ key: '${v}' });`,
    log: (v) => `401 for key ${v} on /v1/models`,
    sentence: (v) => `The key is ${v} , do not share it.`,
  },
};

/** Places that some forms need. */
const ownPlaces: Readonly<Record<string, Readonly<Record<string, Carry>>>> = {
  'in a URL': { link: (v) => `https://example.com/login?user=${v}&next=%2F` },
  bearer: {
    header: (v) => `Authorization: Bearer ${v}`,
    json: (v) => ({ headers: { Authorization: `Bearer ${v}` } }),
    code: (v) => `curl -H 'Authorization: Bearer ${v}' https://example.com`,
  },
  'password in a URL': {
    env: (v) => `DATABASE_URL=postgres://${v}@db.example.com:5432/app`,
    log: (v) => `cloning https://${v}@git.example.com/a/b.git`,
  },
};

const each = (count: number, make: () => string): string[] => Array.from({ length: count }, make);

/** Texts without anything to find, by class. */
const negatives: Readonly<Record<string, (random: Random) => unknown>> = {
  'version numbers': (r) =>
    r.pick([
      `v${r.int(0, 20)}.${r.int(0, 40)}.${r.int(0, 99)}`,
      `version ${r.int(1, 9)}.${r.int(0, 9)}.${r.int(0, 9)}.${r.int(0, 255)}`,
      `Chrome/${r.int(90, 140)}.0.${r.int(4000, 7000)}.${r.int(0, 200)}`,
      `node@${r.int(18, 26)}.${r.int(0, 20)}.0`,
      `"vite": "^${r.int(1, 9)}.${r.int(0, 9)}.${r.int(0, 99)}-beta.${r.int(1, 9)}"`,
    ]),
  'four-part versions in members named so': (r) => ({
    [r.pick([
      'chart',
      'appVersion',
      'firmware',
      'min_version',
      'release',
    ])]: `${r.int(1, 20)}.${r.int(0, 30)}.${r.int(0, 200)}.${r.int(0, 200)}`,
  }),
  'four-part versions, unnamed': (r) => ({
    current: `${r.int(1, 12)}.${r.int(0, 30)}.${r.int(0, 120)}.${r.int(0, 90)}`,
  }),
  UUIDs: (r) =>
    `${r.of(hex, 8)}-${r.of(hex, 4)}-4${r.of(hex, 3)}-${r.pick(['8', '9', 'a', 'b'])}${r.of(hex, 3)}-${r.of(hex, 12)}`,
  hashes: (r) =>
    r.pick([
      `sha256:${r.of(hex, 64)}`,
      r.of(hex, 32),
      `sha512-${r.of(`${alnum}+/`, 86)}==`,
      `etag "${r.of(hex, 40)}"`,
    ]),
  'git commits': (r) =>
    r.pick([
      `commit ${r.of(hex, 40)}`,
      `${r.of(hex, 7)} Merge branch 'x'`,
      `index ${r.of(hex, 7)}..${r.of(hex, 7)} 100644`,
    ]),
  timestamps: (r) =>
    r.pick([
      { at: 1_700_000_000_000 + r.int(0, 99_999_999_999) },
      `2026-${r.like('1#')}-21T10:${r.like('##')}:12.${r.of(digits, 6)}Z`,
      String(1_700_000_000 + r.int(0, 99_999_999)),
      `20261121${r.of(digits, 6)}`,
      `21/11/2026 10:${r.like('##')}:12`,
      '12:30:45',
    ]),
  'order numbers': (r) =>
    r.pick([
      `order #${r.of(digits, 10)}`,
      `PO-2026-${r.of(digits, 6)}`,
      `invoice ${r.of(digits, 8)}`,
      { orderId: Number(r.like('X#########')) },
      `${r.of(upper, 3)}-${r.of(digits, 5)}-${r.of(digits, 3)}`,
      `tracking 1Z${r.of(upper + digits, 16)}`,
    ]),
  'numbers of 16 digits': (r) => r.like('X###############'),
  coordinates: (r) =>
    r.pick([
      `${r.int(-89, 89)}.${r.of(digits, 6)}, ${r.int(-179, 179)}.${r.of(digits, 6)}`,
      { lat: Number(`52.${r.of(digits, 14)}`), lon: Number(`13.${r.of(digits, 14)}`) },
      `POINT(${r.int(0, 99)}.${r.of(digits, 8)} ${r.int(0, 89)}.${r.of(digits, 8)})`,
    ]),
  prices: (r) =>
    r.pick([
      `$${r.int(1, 999)},${r.of(digits, 3)}.99`,
      `${r.int(1, 999)}.${r.of(digits, 3)}.${r.of(digits, 3)},00 EUR`,
      `total: ${r.int(1000, 99999)}.${r.of(digits, 2)}`,
      `1 234 567,${r.of(digits, 2)}`,
    ]),
  ISBNs: (r) =>
    r.pick([
      `ISBN 978-3-16-${r.of(digits, 6)}-${r.of(digits, 1)}`,
      `978${r.of(digits, 10)}`,
      `ISBN-10: 0-${r.of(digits, 3)}-${r.of(digits, 5)}-${r.of(digits, 1)}`,
      `EAN 40${r.of(digits, 11)}`,
    ]),
  code: (r) =>
    r.pick([
      `const x${r.int(1, 9)} = a[${r.int(0, 99)}] + ${r.of(digits, 9)};`,
      `@org/pkg@${r.int(1, 9)}.2.3`,
      'std::vector<int> a; abc::def::run();',
      `@Override public void run() { wait(${r.int(1000, 99999)}L); }`,
      `icon@2x.png logo@3x.svg`,
      `0x${r.of(hex, 8)} | 0b${r.of('01', 8)}`,
      `git clone git@github.com:org/repo.git`,
      `if (a>b&&c<d) x+=+${r.of(digits, 4)};`,
      `SELECT * FROM t WHERE id IN (${each(4, () => r.of(digits, 6)).join(', ')})`,
      `sk-learn sk-ip eyJust npm_config_registry AKIA`,
    ]),
  'tables of numbers': (r) =>
    each(6, () => String(r.int(0, 9_999))).join(r.pick([' ', ',', ';', '\t', ' | '])),
  'MAC addresses and times': (r) =>
    r.pick([
      each(6, () => r.of(hex, 2)).join(':'),
      `${r.int(0, 23)}:${r.like('##')}:${r.like('##')}.${r.of(digits, 3)}`,
      'real 0m1.234s',
      `pid ${r.int(1000, 99999)} up 12 days, 3:45`,
    ]),
  identifiers: (r) =>
    r.pick([
      r.of(alnum, 20),
      r.of(upper + digits, 12),
      `arn:aws:iam::${r.of(digits, 12)}:role/x`,
      `i-0${r.of(hex, 16)}`,
      `msg_${r.of(alnum, 24)}`,
      `01J${r.of(upper + digits, 23)}`,
      { id: r.of(digits, 18) },
    ]),
  'local addresses': (r) =>
    r.pick([
      'http://127.0.0.1:8080/',
      'listening on 0.0.0.0:80 and [::]:80',
      '::1 localhost',
      'mask 255.255.255.255',
    ]),
  prose: (r) =>
    r.pick([
      `Chapter ${r.int(1, 30)}, pages ${r.int(10, 99)}-${r.int(100, 199)}, at 3 @ 2 each.`,
      'Meet me @ noon. [[see the wiki]] and (2019) too.',
      `Between 2019-${r.int(2020, 2026)} it rose by ${r.int(1, 99)}.${r.int(0, 9)} %.`,
      `ISO 9001:2015, RFC 8259, section ${r.int(1, 9)}.${r.int(1, 9)}.${r.int(1, 9)}`,
    ]),
};

export const positives: readonly Sample[] = (() => {
  const random = new Random(20_261_121);
  const samples: Sample[] = [];
  for (const [kind, byForm] of Object.entries(forms)) {
    for (const [form, make] of Object.entries(byForm)) {
      const carriers = Object.entries(ownPlaces[form] ?? places[kind] ?? {});
      for (let count = 0; count < 60; count++) {
        const [place, carry] = carriers[count % carriers.length] as [string, Carry];
        const wanted = make(random);
        samples.push({
          group: kind,
          form: `${form}, ${place}`,
          value: carry(wanted, random),
          wanted,
        });
      }
    }
  }
  return samples;
})();

export const nothings: readonly Sample[] = (() => {
  const random = new Random(19_700_101);
  return Object.entries(negatives).flatMap(([group, make]) =>
    Array.from({ length: 150 }, () => ({ group, form: '', value: make(random) })),
  );
})();
