import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = path.resolve(import.meta.dirname, '../../..')

type Files = Record<string, string>

/** A little project that follows every rule. */
const lawful: Files = {
  'package.json': JSON.stringify({ type: 'module', imports: { '#shared/*': './src-shared/*' } }),
  'src-shared/rule.ts': 'export type Rule = string\nexport const rule = 1\n',
  'src-main/ledger/ledger.ts':
    "import { rule } from '#shared/rule.ts'\nexport const ledger = rule\n",
  'src-main/meter/meter.ts':
    "import { ledger } from '../ledger/ledger.ts'\nexport const meter = ledger\n",
  'src-main/host/host.ts': "import { meter } from '../meter/meter.ts'\nexport const host = meter\n",
  'src-server/payments/payments.ts': 'export const payments = 1\n',
  'src-main/purchase/purchase.ts':
    "import { payments } from '../../src-server/payments/payments.ts'\nexport const purchase = payments\n",
  'src-main/shell/shell.ts': "import { app } from 'electron'\nexport const shell = app\n",
  'src-renderer/features/usage/usage.ts':
    "import { rule } from '#shared/rule.ts'\nexport const usage = rule\n",
}

/** One file per broken rule: what it does, where it is, the rule, and its import. */
const unlawful: [what: string, file: string, rule: string, imported: string][] = [
  [
    'shared importing the host',
    'src-shared/host.ts',
    'shared-stands-alone',
    '../src-main/host/host.ts',
  ],
  ['shared importing a Node module', 'src-shared/disk.ts', 'shared-stands-alone', 'node:fs'],
  [
    'a rule importing one that stands on it',
    'src-shared/catalog/offer.ts',
    'shared-catalog',
    '../journal/entry.ts',
  ],
  [
    'the page importing the host',
    'src-renderer/host.ts',
    'renderer-to-shared-only',
    '../src-main/host/host.ts',
  ],
  ['the page importing a Node module', 'src-renderer/disk.ts', 'renderer-in-a-browser', 'node:fs'],
  [
    'the host importing the page',
    'src-main/host/page.ts',
    'host-to-shared-only',
    '../../src-renderer/features/usage/usage.ts',
  ],
  [
    'the host importing the server',
    'src-main/host/server.ts',
    'host-to-shared-only',
    '../../src-server/payments/payments.ts',
  ],
  [
    'purchases importing more of the server than payments',
    'src-main/purchase/team.ts',
    'host-sells-by-itself',
    '../../src-server/teams/teams.ts',
  ],
  [
    'the app needing a library of the server',
    'src-main/ledger/postgres.ts',
    'server-libraries-on-the-server',
    'pg',
  ],
  ['the ledger importing the meter', 'src-main/ledger/up.ts', 'room-ledger', '../meter/meter.ts'],
  ['the host importing Electron', 'src-main/host/window.ts', 'electron-in-the-shell', 'electron'],
  [
    'a room that is not in the table',
    'src-main/headless.ts',
    'room-not-in-the-table',
    './attic/attic.ts',
  ],
  [
    'one feature importing another',
    'src-renderer/features/rates/rates.ts',
    'features-are-islands',
    '../usage/usage.ts',
  ],
  ['an import that leads nowhere', 'src-main/host/lost.ts', 'not-found', './gone.ts'],
  ['a cycle', 'src-shared/egg.ts', 'no-cycle', './hen.ts'],
]

const accomplices: Files = {
  'src-main/attic/attic.ts': 'export const attic = 1\n',
  'src-server/teams/teams.ts': 'export const teams = 1\n',
  'src-shared/journal/entry.ts': 'export const entry = 1\n',
  'src-shared/hen.ts': "import * as egg from './egg.ts'\nexport const hen = egg\n",
}

interface Violation {
  readonly from: string
  readonly rule: { readonly name: string }
}

const houses: string[] = []

/** Writes the files into a fresh folder and checks them with the project's own rules. */
async function violationsIn(files: Files): Promise<readonly Violation[]> {
  const house = await mkdtemp(path.join(tmpdir(), 'tallystick-layers-'))
  houses.push(house)
  await symlink(path.join(root, 'node_modules'), path.join(house, 'node_modules'), 'junction')
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(house, name)), { recursive: true })
    await writeFile(path.join(house, name), text)
  }
  const args = [
    path.join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs'),
    ...['--config', path.join(root, '.dependency-cruiser.mjs'), '--output-type', 'json'],
    ...['src-shared', 'src-main', 'src-renderer', 'src-server'],
  ]
  const output = await new Promise<string>((resolve) => {
    execFile(process.execPath, args, { cwd: house }, (_exit, stdout, stderr) =>
      resolve(stdout || stderr),
    )
  })
  const report = JSON.parse(output) as { summary: { violations: readonly Violation[] } }
  return report.summary.violations
}

afterAll(async () => {
  for (const house of houses) await rm(house, { recursive: true, force: true })
})

describe('the layer rule', () => {
  let found: readonly Violation[]

  beforeAll(async () => {
    const files = { ...lawful, ...accomplices }
    for (const [, file, , imported] of unlawful) {
      files[file] = `import * as other from '${imported}'\nexport const bad = other\n`
    }
    found = await violationsIn(files)
  })

  it('accepts arrows that go the right way', async () => {
    expect(await violationsIn(lawful)).toEqual([])
  })

  it.each(unlawful)('refuses %s', (_what, file, rule) => {
    const broken = found.filter((violation) => violation.from === file)
    expect(broken.map((violation) => violation.rule.name)).toEqual([rule])
  })

  it('counts a type-only import as an import', async () => {
    const sneaky = "import type { Host } from '../src-main/host/host.ts'\nexport type X = Host\n"
    const broken = await violationsIn({ ...lawful, 'src-shared/sneaky.ts': sneaky })
    expect(broken.map((violation) => violation.rule.name)).toEqual(['shared-stands-alone'])
  })
})
