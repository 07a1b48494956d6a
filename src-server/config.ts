/**
 * The server's configuration: one JSON file, overridden by environment variables, validated as a
 * whole.
 */

import { homedir } from 'node:os'
import path from 'node:path'
import { z } from 'zod'
import { failure, type Result, success } from '#shared/result.ts'

const LOOPBACK_NAMES = ['127.0.0.1', 'localhost', '::1']

const address = z
  .url({ protocol: /^https?$/ })
  .max(300)
  .refine(
    (url) => URL.canParse(url) && new URL(url).origin === url.replace(/\/$/, ''),
    'Give no path: https://host',
  )
  .transform((url) => url.replace(/\/$/, ''))

const schema = z
  .strictObject({
    /** Where files are kept: the embedded store and the signing key. */
    dataDirectory: z.string().min(1),
    /** `postgres://…`, or the path of an SQLite file; absent: a file in the data directory. */
    database: z.string().min(1).optional(),
    host: z.string().min(1).default('127.0.0.1'),
    /** 0 for any free one. */
    port: z.coerce.number().int().min(0).max(65_535).default(8_378),
    /** The addresses machines reach it by, if it serves more than this machine. */
    addresses: z.array(address).max(20).default([]),
    /** The first catalog of a new store; absent: the one that comes with Tallystick. */
    catalog: z.string().min(1).optional(),
    /** The private key that signs leases, as PEM; absent: a file in the data directory. */
    signingKey: z.string().min(1).optional(),
    /** Proxies trusted to report a caller's address. */
    proxies: z.array(z.string().min(1)).max(20).default([]),
    metricsToken: z.string().min(16).optional(),
    /** Stripe, for real money or its own test money; absent: the sandbox, which moves none. */
    stripeSecretKey: z
      .string()
      .regex(/^(sk|rk)_(test|live)_\w+$/, 'This is no secret key of Stripe')
      .optional(),
    /** The secret of the endpoint that receives Stripe's webhooks. */
    stripeWebhookSecret: z
      .string()
      .regex(/^whsec_\S+$/, 'This is no webhook secret of Stripe')
      .optional(),
    /** Lets Stripe add the tax due. */
    stripeTax: z.union([z.boolean(), z.stringbool()]).default(false),
    /** Where webhooks may go: `public` addresses alone, or also into the server's own networks. */
    webhooks: z.enum(['public', 'private']).default('public'),
  })
  .refine(
    ({ stripeSecretKey: key, stripeWebhookSecret: secret }) =>
      (key === undefined) === (secret === undefined),
    {
      path: ['stripeWebhookSecret'],
      message: 'Stripe needs its secret key and its webhook secret',
    },
  )
  .refine(({ host, addresses }) => LOOPBACK_NAMES.includes(host) || addresses.length > 0, {
    path: ['addresses'],
    message: 'A server that others can reach must know the address they reach it by',
  })
export type Config = z.output<typeof schema>

/** A field and the variable that sets it; lists are separated by commas. */
const VARIABLES: Readonly<Record<keyof Config, string>> = {
  dataDirectory: 'TALLYSTICK_SERVER_DATA',
  database: 'DATABASE_URL',
  host: 'TALLYSTICK_SERVER_HOST',
  port: 'TALLYSTICK_SERVER_PORT',
  addresses: 'TALLYSTICK_SERVER_URL',
  catalog: 'TALLYSTICK_SERVER_CATALOG',
  signingKey: 'TALLYSTICK_SERVER_KEY',
  proxies: 'TALLYSTICK_SERVER_PROXIES',
  metricsToken: 'TALLYSTICK_SERVER_METRICS_TOKEN',
  stripeSecretKey: 'STRIPE_SECRET_KEY',
  stripeWebhookSecret: 'STRIPE_WEBHOOK_SECRET',
  stripeTax: 'TALLYSTICK_STRIPE_TAX',
  webhooks: 'TALLYSTICK_SERVER_WEBHOOKS',
}
const LISTS: readonly string[] = ['addresses', 'proxies']

export const CONFIG_FILE_VARIABLE = 'TALLYSTICK_SERVER_CONFIG'

type Environment = Readonly<Record<string, string | undefined>>

export interface ConfigSources {
  readonly environment: Environment
  readonly platform: string
  readonly home: string
  /** The text of the settings file, if one is named. */
  readonly file: string | null
}

/** Fails with `config_invalid`; the message names every place that is wrong. */
export function readConfig({ environment, platform, home, file }: ConfigSources): Result<Config> {
  let fromFile: unknown = {}
  try {
    if (file !== null) fromFile = JSON.parse(file)
  } catch {
    return invalid(['The file of settings is not JSON'])
  }
  if (typeof fromFile !== 'object' || fromFile === null || Array.isArray(fromFile)) {
    return invalid(['The file of settings is not a JSON object'])
  }
  const parsed = schema.safeParse({
    dataDirectory: defaultDirectory(platform, home, environment),
    ...fromFile,
    ...fromEnvironment(environment),
  })
  if (parsed.success) return success(parsed.data)
  return invalid(
    parsed.error.issues.map(({ path: [field, ...rest], message }) => {
      const name = String(field ?? '')
      const variable = VARIABLES[name as keyof Config] as string | undefined
      const place = [name, ...rest.map(String)].filter((part) => part !== '').join('.')
      return `${place}${variable ? ` (${variable})` : ''}: ${message}`
    }),
  )
}

function fromEnvironment(environment: Environment): Record<string, unknown> {
  const given = Object.entries(VARIABLES).flatMap(([field, variable]) => {
    const value = environment[variable]?.trim()
    if (!value) return []
    const list = value.split(',').map((part) => part.trim())
    return [[field, LISTS.includes(field) ? list : value] as const]
  })
  return Object.fromEntries(given)
}

function invalid(problems: readonly string[]) {
  return failure(
    'config_invalid',
    `The server’s settings are not right:\n${problems.map((problem) => `  ${problem}`).join('\n')}`,
  )
}

function defaultDirectory(platform: string, home: string, environment: Environment): string {
  switch (platform) {
    case 'win32':
      return path.join(environment['LOCALAPPDATA'] ?? home, 'Tallystick Server')
    case 'darwin':
      return path.join(home, 'Library', 'Application Support', 'Tallystick Server')
    default: {
      const data = environment['XDG_DATA_HOME'] ?? path.join(home, '.local', 'share')
      return path.join(data, 'tallystick-server')
    }
  }
}

/** The sources of this process. */
export function systemSources(file: string | null): ConfigSources {
  return { environment: process.env, platform: process.platform, home: homedir(), file }
}

/** Whether an address is the server's: one it was given, or this machine's own at any port. */
export function ownAddresses({ addresses }: Pick<Config, 'addresses'>) {
  return (text: string): boolean => {
    if (addresses.includes(text)) return true
    if (!URL.canParse(text)) return false
    const { origin, protocol, hostname } = new URL(text)
    const host = hostname.replace(/^\[|\]$/g, '')
    return origin === text && protocol === 'http:' && LOOPBACK_NAMES.includes(host)
  }
}
