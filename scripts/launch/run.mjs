// Starting other programs, in plain JavaScript for any Node from 18.
import { spawn } from 'node:child_process'
import { setPriority } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const projectRoot = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..')

/** Compiled scripts, kept so that a start need not compile them again. */
export const compiledScripts = path.join(projectRoot, '.cache', 'compiled')

/** An expected failure: its message tells a person what to do, so no stack is shown. */
export class Refusal extends Error {}

/**
 * The environment of a child that finds `node` to be the given binary.
 * @param {string} node
 * @returns {NodeJS.ProcessEnv}
 */
export function environmentWith(node) {
  const name = Object.keys(process.env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH'
  const bins = [path.dirname(node), path.join(projectRoot, 'node_modules', '.bin')]
  const rest = process.env[name] ? [process.env[name]] : []
  return { ...process.env, [name]: [...bins, ...rest].join(path.delimiter) }
}

/**
 * Runs a program in the foreground: same terminal, signals passed on. Resolves with its exit code,
 * or 128 + n when a signal ended it, as a shell would say.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<number>}
 */
export function runHere(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: projectRoot, stdio: 'inherit', ...options })
    const passOn = (signal) => child.kill(signal)
    // A terminal gives Ctrl-C to every process itself; passing it on would make it two.
    const signals = process.stdin.isTTY ? ['SIGTERM'] : ['SIGTERM', 'SIGINT', 'SIGHUP']
    const ignore = () => {}
    if (process.stdin.isTTY) process.on('SIGINT', ignore)
    for (const signal of signals) process.on(signal, passOn)
    const finish = () => {
      process.off('SIGINT', ignore)
      for (const signal of signals) process.off(signal, passOn)
    }
    child.once('error', (error) => {
      finish()
      reject(error)
    })
    child.once('exit', (code, signal) => {
      finish()
      resolve(code ?? (signal === 'SIGINT' ? 130 : 143))
    })
  })
}

/**
 * Runs a program quietly. Resolves with its exit code and what it said, never rejects: a program
 * that could not be started, or ran out of time, has the code null and the reason in `output`.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions & { priority?: number }} [options] `timeout` is
 *   in milliseconds, `priority` one of os.constants.priority
 * @returns {Promise<{ code: number | null, output: string }>}
 */
export function runQuietly(command, args, { timeout, priority, ...options } = {}) {
  return new Promise((resolve) => {
    let output = ''
    const child = spawn(command, args, {
      cwd: projectRoot,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...options,
    })
    if (priority !== undefined && child.pid !== undefined) setPriority(child.pid, priority)
    const timer =
      timeout &&
      setTimeout(() => {
        output += `\nGave up after ${Math.round(timeout / 1000)} s.`
        child.kill('SIGKILL')
      }, timeout)
    const finish = (code) => {
      clearTimeout(timer)
      resolve({ code, output })
    }
    child.stdout?.on('data', (data) => (output += data))
    child.stderr?.on('data', (data) => (output += data))
    child.once('error', (error) => {
      output += error.message
      finish(null)
    })
    child.once('close', finish)
  })
}
