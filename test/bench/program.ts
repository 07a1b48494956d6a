/** Programs that a bench runs in processes of their own. None outlives the bench, however that ends. */

import { spawn } from 'node:child_process'

/** Starts Node with these arguments; what it prints can be read from its `stdout`. */
export function startProgram(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  })
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  child.once('exit', () => process.off('exit', kill))
  return child
}

/** Runs a program to its end and gives the last line it printed, read as JSON. Rejects if it failed. */
export function runProgram<T>(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<T> {
  return new Promise((resolve, reject) => {
    const child = startProgram(args, env)
    let output = ''
    child.stdout.on('data', (data) => (output += String(data)))
    child.once('error', reject)
    child.once('close', (code, signal) => {
      if (code === 0) resolve(JSON.parse(output.trim().split('\n').at(-1) ?? '') as T)
      else reject(new Error(`A program of the bench ended with ${code ?? signal}`))
    })
  })
}

/** Ends this process on a signal as at any other time, so that what it started ends with it. */
export function exitOnSignals(): void {
  for (const [signal, number] of [
    ['SIGHUP', 1],
    ['SIGINT', 2],
    ['SIGTERM', 15],
  ] as const) {
    process.once(signal, () => process.exit(128 + number))
  }
}
