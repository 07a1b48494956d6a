/** The figures of a month as Markdown tables. */

import { CLASSES, peaksOf, type Tally, WORKS } from './tally.ts'
import { CREDIT, MONTH, MONTH_DAYS } from './population.ts'

const number = (value: number, digits = 0) =>
  value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })
const percent = (part: number, all: number) => `${number(all === 0 ? 0 : (100 * part) / all, 2)} %`

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

export function report(tally: Tally, accounts: number, seed: number): string {
  const { classes, seconds, stored, hottest } = tally
  const work = WORKS.map((what) => [what, peaksOf(seconds[what])] as const)
  const all = new Uint32Array(seconds.report.length)
  const writes = new Uint32Array(all.length)
  for (const what of WORKS) {
    seconds[what].forEach((count, at) => {
      all[at] = (all[at] ?? 0) + count
      if (what !== 'look') writes[at] = (writes[at] ?? 0) + count
    })
  }
  const rows = [
    ...work,
    ['all', peaksOf(all)] as const,
    ['all that write', peaksOf(writes)] as const,
  ]
  const sums = classes.reduce(
    (sum, one) => ({
      runs: sum.runs + one.runs,
      refused: sum.refused + one.refused.offline + one.refused['others-away'],
      leases: sum.leases + one.leases,
    }),
    { runs: 0, refused: 0, leases: 0 },
  )
  let now = 0
  let connected = 0
  for (const change of tally.connected) {
    now += change
    connected = Math.max(connected, now)
  }
  return [
    `${number(accounts)} accounts, seed ${seed}, ${MONTH_DAYS} days: ${number(sums.runs)} runs, ` +
      `${number(sums.leases)} leases, ${number(connected)} machines connected at once at most ` +
      `(a ping each 30 s: ${number(connected / 30)} a second).`,
    table(
      [
        'transactions',
        'in the month',
        'for each account',
        'mean, 1/s',
        'busiest hour, 1/s',
        'busiest second',
      ],
      rows.map(([what, { sum, mean, hour, second }]) => [
        what,
        number(sum),
        number(sum / accounts, 1),
        number(mean, 1),
        number(hour, 1),
        number(second),
      ]),
    ),
    table(
      [
        ...['machines', 'accounts', 'runs', 'refused: account empty', 'refused: no lease, offline'],
        ...['refused: no lease, others away', 'left of the credits then', 'given after asking'],
        'leases a day and account',
        ...['leased of the pool at noon', 'transactions a month and account'],
      ],
      classes.map((one, at) => {
        const tried =
          one.runs + one.refused.empty + one.refused.offline + one.refused['others-away']
        return [
          CLASSES[at] ?? '',
          number(one.accounts),
          number(one.runs),
          percent(one.refused.empty, tried),
          percent(one.refused.offline, tried),
          percent(one.refused['others-away'], tried),
          percent(one.leftWhenRefused, one.refused.offline + one.refused['others-away']),
          percent(one.waited, tried),
          number(one.leases / MONTH_DAYS / Math.max(1, one.accounts), 2),
          percent(one.parked, one.pooled),
          number(one.work / Math.max(1, one.accounts), 1),
        ]
      }),
    ),
    table(
      ['stored for each account after a month', 'rows', 'bytes'],
      [
        ['journal', number(stored.entries / accounts, 1), number(stored.entryBytes / accounts)],
        ['its fold', '1', number(stored.stateBytes / accounts)],
        ['records', number(stored.records / accounts, 1), ''],
        ['batches of records', number(stored.batches / accounts, 1), ''],
      ],
    ),
    `Hottest account: number ${hottest.account} with ${hottest.machines} machines: ` +
      `${number(hottest.work)} transactions in the month, ${number(hottest.inOneMinute)} in its busiest minute ` +
      `(${number(hottest.work / (MONTH / 1_000), 3)} a second on average).`,
    `Spent: ${number(classes.reduce((sum, { spent }) => sum + spent, 0) / CREDIT)} credits.`,
  ].join('\n\n')
}
