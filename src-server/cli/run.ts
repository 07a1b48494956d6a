/** The admin's commands: from a command line to output and exit code. */

import { failure, type Result } from '#shared/result.ts'
import { readArguments } from './arguments.ts'
import type { Command, Outcome, Tools } from './command.ts'
import { grant, revoke } from './credits.ts'
import { endOverride, listOverrides, override } from './overrides.ts'
import { refund } from './refund.ts'
import { accounts, backup, exportAccount, listCatalogs, publish, show, verify } from './store.ts'
import { webhook, webhookOff } from './webhooks.ts'

export const commands: Readonly<Record<string, Command>> = {
  accounts,
  show,
  grant,
  refund,
  override,
  overrides: listOverrides,
  'override-end': endOverride,
  revoke,
  webhook,
  'webhook-off': webhookOff,
  export: exportAccount,
  verify,
  publish,
  catalogs: listCatalogs,
  backup,
}

/** How a command ends. */
export const EXIT = { done: 0, refused: 1, usage: 2, bad: 3 } as const

export interface Ending {
  readonly code: number
  /** For standard output, and for standard error. */
  readonly out: readonly string[]
  readonly error: readonly string[]
}

function commandUsage(name: string, { positionals, options }: Command): string {
  const words = Object.entries(options).map(([option, { required, value }]) => {
    const text = `--${option} ${value}`
    return required ? text : `[${text}]`
  })
  return ['npm run admin --', name, ...positionals, ...words].join(' ')
}

function helpText(): readonly string[] {
  return [
    'What whoever runs a Tallystick server can do by hand, also while it runs. It takes the',
    'server’s own settings. Amounts are credits, such as 12.5; an --id makes it happen once.',
    '',
    ...Object.entries(commands).flatMap(([name, command]) => [
      `  ${name}: ${command.summary}`,
      `      ${commandUsage(name, command)}`,
    ]),
    '',
    `Exit codes: ${EXIT.done} done, ${EXIT.refused} refused, ${EXIT.usage} not understood, ${EXIT.bad} verify found something.`,
  ]
}

/** Finds a command and checks its arguments, before anything is opened. */
export function prepare(
  words: readonly string[],
): { readonly run: (tools: Tools) => Promise<Ending> } | { readonly ending: Ending } {
  const [name = '', ...rest] = words
  if (name === '' || name === 'help' || name === '--help') {
    return { ending: { code: EXIT.done, out: helpText(), error: [] } }
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (!command) {
    const error = [`There is no command "${name}".`, '', ...helpText()]
    return { ending: { code: EXIT.usage, out: [], error } }
  }
  const args = readArguments(rest, command)
  if (!args.ok) return { ending: ending(name, command, args) }
  const { data } = args
  return {
    run: async (tools) => ending(name, command, await attempt(() => command.run(tools, data))),
  }
}

/** Errors of the store or the disk are reported like any other failure. */
async function attempt(run: () => Promise<Result<Outcome>>): Promise<Result<Outcome>> {
  try {
    return await run()
  } catch (error) {
    return failure('failed', error instanceof Error ? error.message : String(error))
  }
}

function ending(name: string, command: Command, result: Result<Outcome>): Ending {
  if (result.ok) {
    const { lines, isBad = false } = result.data
    return { code: isBad ? EXIT.bad : EXIT.done, out: lines, error: [] }
  }
  const { code, message, details } = result.error
  const isUsage = code === 'usage'
  const more = details === undefined ? [] : [JSON.stringify(details)]
  return {
    code: isUsage ? EXIT.usage : EXIT.refused,
    out: [],
    error: isUsage ? [message, commandUsage(name, command)] : [`${message} (${code})`, ...more],
  }
}
