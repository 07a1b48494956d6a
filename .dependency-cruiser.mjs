// The layer rule: which folder may import which. Arrows go one way (decision 0001):
// renderer → shared ← host, server → shared. test/integration/toolchain/layers.test.ts proves that
// each rule below catches what it is for.

/** What every room of the host may stand on: ports (clock, timers, randomness), files, the log. */
const ground = ['ports/', 'files/', 'logging\\.ts$']

/**
 * The rooms of the host and the siblings each may import besides itself and the ground. A room
 * missing here may not be imported, so adding one is a decision made in this table.
 */
const rooms = {
  ports: [],
  files: [],
  secrets: [],
  settings: [],
  ledger: ['secrets'],
  providers: ['secrets'],
  library: [],
  recipes: ['secrets'],
  meter: ['ledger', 'providers'],
  authority: ['ledger'],
  policies: ['ledger', 'settings'],
  sync: ['ledger', 'secrets'],
  purchase: ['ledger', 'authority'],
  host: [
    'ledger',
    'providers',
    'library',
    'recipes',
    'meter',
    'authority',
    'policies',
    'sync',
    'purchase',
    'secrets',
    'settings',
  ],
  shell: ['host', 'secrets'],
}

/** The rules in src-shared, lowest first: each folder may import those before it and itself. */
const rules = [
  'ports',
  'credits',
  'catalog',
  'pricing',
  'journal',
  'policy',
  'account',
  'lease',
  'purchase',
  'simulation',
  'usage',
  'studios',
  'recipes',
  'records',
  'team',
  'sync',
  'host',
]

/** The rooms of the server and the siblings each may import besides itself. */
const serverRooms = {
  store: [],
  ports: [],
  authority: ['store', 'ports'],
  alerts: ['store', 'ports', 'authority'],
  earnings: ['store', 'ports', 'authority'],
  teams: ['store', 'ports', 'authority', 'alerts', 'earnings'],
  sync: ['store', 'ports', 'authority', 'earnings', 'teams'],
  payments: ['store', 'ports'],
  sales: ['store', 'ports', 'authority', 'teams', 'sync', 'payments'],
  http: ['store', 'ports', 'authority', 'teams', 'sync', 'payments', 'sales'],
  cli: ['store', 'ports', 'authority', 'alerts', 'teams', 'sync', 'payments', 'sales'],
}

const anyOf = (names) => `(?:${names.join('|')})`

/** The places in src-main that a room may import from. */
const reach = (room, siblings) => [...ground, ...[room, ...siblings].map((name) => `${name}/`)]

const roomRules = Object.entries(rooms).map(([room, siblings]) => ({
  name: `room-${room}`,
  severity: 'error',
  comment: `src-main/${room} may import ports, files, logging.ts${siblings.map((name) => `, ${name}`).join('')}.`,
  from: { path: `^src-main/${room}/` },
  to: { path: '^src-main/', pathNot: `^src-main/${anyOf(reach(room, siblings))}` },
}))

const serverRoomRules = Object.entries(serverRooms).map(([room, siblings]) => ({
  name: `server-room-${room}`,
  severity: 'error',
  comment: `src-server/${room} may import ${siblings.join(', ') || 'no sibling'}.`,
  from: { path: `^src-server/${room}/` },
  to: { path: '^src-server/', pathNot: `^src-server/${anyOf([room, ...siblings])}/` },
}))

const ruleRules = rules.map((folder, at) => ({
  name: `shared-${folder}`,
  severity: 'error',
  comment: `src-shared/${folder} may import ${rules.slice(0, at).join(', ') || 'no other folder'}.`,
  from: { path: `^src-shared/${folder}/` },
  to: {
    path: '^src-shared/',
    pathNot: `^src-shared/(${anyOf(rules.slice(0, at + 1))}/|result\\.ts$)`,
  },
}))

export default {
  forbidden: [
    {
      name: 'no-cycle',
      severity: 'error',
      comment: 'Two files that need each other are one file, or share a third.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'not-found',
      severity: 'error',
      comment: 'The import leads nowhere.',
      from: {},
      // Vite serves these to the page (?worker, ?url) and Electron brings its own module.
      to: { couldNotResolve: true, pathNot: ['\\?', '^electron$'] },
    },
    {
      name: 'shared-stands-alone',
      severity: 'error',
      comment: 'src-shared holds pure rules: it imports itself, zod and temporal-polyfill.',
      from: { path: '^src-shared/' },
      to: { pathNot: ['^src-shared/', 'node_modules/(zod|temporal-polyfill)/'] },
    },
    {
      name: 'renderer-to-shared-only',
      severity: 'error',
      comment: 'The page reaches the host through the contract in src-shared/host, never directly.',
      from: { path: '^src-renderer/' },
      to: { path: '^(src-main|src-server|scripts|test)/' },
    },
    {
      name: 'renderer-in-a-browser',
      severity: 'error',
      comment: 'The page has no Node.',
      from: { path: '^src-renderer/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'host-to-shared-only',
      severity: 'error',
      comment: 'The host knows neither the page nor the server.',
      from: { path: '^src-main/', pathNot: '^src-main/purchase/' },
      to: { path: '^(src-renderer|src-server|scripts|test)/' },
    },
    {
      name: 'host-sells-by-itself',
      severity: 'error',
      comment:
        'Standing alone, the host runs the server’s payments over a file of its own (decision 0017): these two rooms of the server and no other, and none of the libraries that only the server has.',
      from: { path: '^src-main/purchase/' },
      to: {
        path: '^(src-renderer|src-server|scripts|test)/',
        pathNot: '^src-server/(payments|store)/',
      },
    },
    {
      name: 'server-libraries-on-the-server',
      severity: 'error',
      comment: 'The app is packed without these: whatever the host reaches must do without.',
      from: { path: '^src-main/' },
      to: { path: 'node_modules/(pg|stripe|fastify|prom-client)/', reachable: true },
    },
    {
      name: 'server-to-shared-only',
      severity: 'error',
      comment: 'The server knows neither the page nor the host.',
      from: { path: '^src-server/' },
      to: { path: '^(src-renderer|src-main|scripts|test)/' },
    },
    {
      name: 'electron-in-the-shell',
      severity: 'error',
      comment: 'Only the shell knows Electron; everything else also runs in plain Node.',
      from: { path: '^src-', pathNot: ['^src-main/shell/', '^src-main/index\\.ts$'] },
      to: { path: ['^electron$', 'node_modules/electron/'] },
    },
    {
      name: 'room-not-in-the-table',
      severity: 'error',
      comment: 'Add the new folder of src-main to the table in .dependency-cruiser.mjs.',
      from: { path: '^src-main/' },
      to: { path: '^src-main/[^/]+/', pathNot: `^src-main/${anyOf(Object.keys(rooms))}/` },
    },
    {
      name: 'features-are-islands',
      severity: 'error',
      comment: 'What two features need lives in components, state or routes, not in one of them.',
      from: { path: '^src-renderer/features/([^/]+)/' },
      to: { path: '^src-renderer/features/', pathNot: '^src-renderer/features/$1/' },
    },
    ...ruleRules,
    ...roomRules,
    ...serverRoomRules,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(out|dist|\\.cache)/' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.css', '.json'],
    },
  },
}
