/** The command line of the headless host. */

import path from 'node:path'
import { parseArgs } from 'node:util'

/** TALL on a phone's keypad. A stable port lets the browser keep its cache and drafts. */
export const DEFAULT_PORT = 8255
const SHORTEST_TOKEN = 32

export interface HeadlessArguments {
  readonly dataDirectory: string
  /** Null for the usual one, or any free one if that is taken. */
  readonly port: number | null
  readonly open: boolean
  readonly rendererUrl: URL | null
  readonly catalogFile: string | null
  /** Null makes one. */
  readonly token: string | null
}

export type ParsedArguments =
  | { readonly kind: 'run'; readonly run: HeadlessArguments }
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'invalid'; readonly message: string }

export const USAGE = `Tallystick in the browser

  --data-dir <folder>     where everything is kept (TALLYSTICK_DATA_DIR)
  --port <number>         on 127.0.0.1; ${DEFAULT_PORT} or any free one by default
  --open                  open the system's browser
  --catalog <file>        another catalog than the one shipped
  --renderer-url <url>    development: take the window from this dev server
  --help

TALLYSTICK_TOKEN sets the token that lets a browser in (at least ${SHORTEST_TOKEN} characters of
A-Z a-z 0-9 - _); without it every start makes a new one.`

const options = {
  'data-dir': { type: 'string' },
  port: { type: 'string' },
  open: { type: 'boolean' },
  'renderer-url': { type: 'string' },
  catalog: { type: 'string' },
  help: { type: 'boolean' },
} as const

/**
 * The token is not an argument: every user of a machine can read the arguments of every process.
 */
export function parseArguments(
  args: readonly string[],
  defaults: { readonly dataDirectory: string; readonly token: string | undefined },
): ParsedArguments {
  const read = readValues(args)
  if ('problem' in read) return invalid(read.problem)
  const { values } = read
  if (values.help) return { kind: 'help', text: USAGE }

  const port = values.port === undefined ? null : readPort(values.port)
  if (port === undefined) return invalid(`--port takes a number from 0 to 65535`)
  const rendererUrl = values['renderer-url'] === undefined ? null : readUrl(values['renderer-url'])
  if (rendererUrl === undefined) return invalid('--renderer-url takes an http:// address')
  for (const name of ['data-dir', 'catalog'] as const) {
    if (values[name]?.trim() === '') return invalid(`--${name} takes a path`)
  }
  const token = defaults.token ?? null
  if (token !== null && !isToken(token)) {
    return invalid(`TALLYSTICK_TOKEN takes at least ${SHORTEST_TOKEN} of A-Z a-z 0-9 - _`)
  }
  return {
    kind: 'run',
    run: {
      dataDirectory: path.resolve(values['data-dir'] ?? defaults.dataDirectory),
      port,
      open: values.open ?? false,
      rendererUrl,
      catalogFile: values.catalog === undefined ? null : path.resolve(values.catalog),
      token,
    },
  }
}

function readValues(args: readonly string[]) {
  try {
    return { values: parseArgs({ args: [...args], options, allowPositionals: false }).values }
  } catch (error) {
    return { problem: error instanceof Error ? error.message : 'It was not understood' }
  }
}

function invalid(problem: string): ParsedArguments {
  return { kind: 'invalid', message: `${problem}.\n\n${USAGE}` }
}

function readPort(text: string): number | undefined {
  return /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : undefined
}

function readUrl(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  return url?.protocol === 'http:' ? url : undefined
}

function isToken(text: string): boolean {
  return text.length >= SHORTEST_TOKEN && /^[\w-]+$/.test(text)
}
