// Running npm under a chosen Node. npm checks `engines` against the Node it runs on, so what
// installs the project must itself run on Node 24.
import { existsSync } from 'node:fs'
import path from 'node:path'
import { environmentWith, runQuietly } from './run.mjs'

/** The npm that started us, or the one that came with this Node, or whatever PATH has. */
function npmScript() {
  const started = process.env.npm_execpath ?? ''
  const beside = path.dirname(process.execPath)
  const candidates = [
    /npm-cli\.js$/.test(started) ? started : '',
    path.join(beside, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    path.join(beside, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    '/usr/share/nodejs/npm/bin/npm-cli.js',
  ]
  return candidates.find((candidate) => candidate && existsSync(candidate))
}

/** Offline, npm's own patience is over a minute of silence. */
const patience = [
  '--fetch-retries=2',
  '--fetch-retry-mintimeout=1000',
  '--fetch-retry-maxtimeout=5000',
]

/** Runs npm with the given Node; see runQuietly. */
export function npm(node, wanted) {
  const args = [...wanted, ...patience]
  const script = npmScript()
  const options = { env: environmentWith(node), timeout: 15 * 60_000 }
  return script
    ? runQuietly(node, [script, ...args], options)
    : runQuietly('npm', args, { ...options, shell: process.platform === 'win32' })
}

/** The lines of npm's output that say what went wrong. */
export function npmComplaint(output) {
  const lines = output.split('\n').filter((line) => /npm (error|ERR!)|Gave up/.test(line))
  const useful = lines.filter(
    (line) => !/complete log|^npm (error|ERR!)\s*$|ERR!\s+at |error\s+at /.test(line),
  )
  return (useful.length > 0 ? useful : output.trim().split('\n')).slice(0, 4).join('\n')
}

/** Whether the failure is one of reaching the registry. */
export function isOffline(output) {
  return /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ENOTCACHED|network/.test(
    output,
  )
}
