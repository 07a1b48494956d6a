// The one way into every npm script: `node scripts/launch.mjs <task> [arguments]`.
//
// It runs on a fresh machine: plain JavaScript for Node 18 or newer, with nothing installed. It
// brings Node 24 and the dependencies if they are missing, then runs the task of tasks.ts on them.
import module from 'node:module'
import { bringDependencies } from './launch/dependencies.mjs'
import { bringNode, isNodeNewEnough } from './launch/node.mjs'
import { Refusal, compiledScripts, environmentWith, projectRoot, runHere } from './launch/run.mjs'

/** Runs a task and resolves with its exit code. */
async function launch(name, args) {
  process.chdir(projectRoot)
  if (!isNodeNewEnough(process.versions.node)) {
    const node = await bringNode()
    const again = ['scripts/launch.mjs', name, ...args]
    return runHere(node, again, { env: environmentWith(node) })
  }
  module.enableCompileCache(compiledScripts)
  await bringDependencies()
  const { tasks } = await import('./tasks.ts')
  const task = Object.hasOwn(tasks, name) ? tasks[name] : undefined
  if (!task) throw new Refusal(`No task "${name}". There are: ${Object.keys(tasks).join(', ')}.`)
  return task(args)
}

const [name = '', ...args] = process.argv.slice(2)
try {
  process.exitCode = await launch(name, args)
} catch (error) {
  console.error(error instanceof Refusal ? `\n${error.message}` : error)
  process.exitCode = 1
}
