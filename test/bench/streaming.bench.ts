/**
 * A streamed reply all the way to the page, held, metered, checkpointed and saved, against the AI
 * SDK's own `streamText` reading the same reply from the same server. Rounds alternate.
 */

import { createOpenAI } from '@ai-sdk/openai'
import { streamText } from 'ai'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { WebSocket } from 'ws'
import type { ServerFrame } from '#shared/host/bridge.ts'
import { openBrowserDoor } from '../../src-main/host/browser-door/door.ts'
import type { Host } from '../../src-main/host/host.ts'
import { startHost } from '../../src-main/host/start.ts'
import { createFileSecrets } from '../../src-main/secrets/file-secrets.ts'
import { temporaryFolderIn, unwrap } from '../support/ledger.ts'
import { silentLog } from '../support/silent-log.ts'
import { type Bench, median, ratio } from './bench.ts'
import { CACHE } from './generate.ts'

const TOKENS = 2_000
const WARM_UP = 3
const ROUNDS = 15
const ROOT = new URL('../../', import.meta.url)

export const streaming: Bench = {
  async run() {
    const server = new Worker(new URL('./sse-server.ts', import.meta.url), {
      workerData: { tokens: TOKENS },
    })
    const port = await new Promise<number>((resolve) => server.once('message', resolve))
    const baseUrl = `http://127.0.0.1:${port}/v1`
    const folder = temporaryFolderIn(CACHE)
    const host = await openHost(folder.path)
    const modelId = await addProvider(host, baseUrl)
    const page = await openPage(host)
    try {
      const ours: number[] = []
      const theirs: number[] = []
      for (let round = 0; round < WARM_UP + ROUNDS; round++) {
        const bare = await readBare(baseUrl)
        const through = await page.readReply(host, modelId)
        if (round < WARM_UP) continue
        theirs.push(TOKENS / bare)
        ours.push(TOKENS / through)
      }
      return [
        ratio('stream to the page', median(ours), median(theirs), 'tokens/ms', 0.9, 'at least'),
      ]
    } finally {
      await page.close()
      await host.close()
      await server.terminate()
      folder.remove()
    }
  },
}

async function openHost(directory: string): Promise<Host> {
  return unwrap(
    await startHost({
      version: 'bench',
      door: 'browser',
      dataDirectory: directory,
      catalogFile: join(import.meta.dirname, '../../resources/catalogs/default.json'),
      secrets: createFileSecrets(directory),
      log: silentLog,
      readerUrl: new URL('src-main/ledger/reader-worker.ts', ROOT),
      openExternal: async () => false,
    }),
  )
}

async function addProvider(host: Host, baseUrl: string): Promise<string> {
  const model = { name: 'm', studio: 'chat', operation: 'request.standard', webSearch: false }
  const draft = { id: null, name: 'Bench', baseUrl, models: [model] }
  const saved = unwrap(await host.dispatch('providers.save', draft)) as {
    readonly models: readonly { readonly id: string }[]
  }
  const [added] = saved.models
  if (!added) throw new Error('The provider has no model')
  return added.id
}

/** Milliseconds until `streamText` has read the whole reply. */
async function readBare(baseUrl: string): Promise<number> {
  const from = performance.now()
  const { textStream } = streamText({
    model: createOpenAI({ baseURL: baseUrl, apiKey: 'none' }).chat('m'),
    prompt: 'Go on',
    maxRetries: 0,
  })
  let characters = 0
  for await (const piece of textStream) characters += piece.length
  if (characters === 0) throw new Error('The SDK read nothing')
  return performance.now() - from
}

/** A page at the host's browser door, reading events as the window does. */
async function openPage(host: Host) {
  const door = await openBrowserDoor({
    host,
    renderer: { directory: join(import.meta.dirname, '../../out/renderer') },
    port: 0,
    log: silentLog,
  })
  const entered = await fetch(door.address, { redirect: 'manual' })
  const cookie = (entered.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
  const origin = `http://127.0.0.1:${door.port}`
  const socket = new WebSocket(`ws://127.0.0.1:${door.port}/host`, { headers: { cookie, origin } })
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))

  async function readReply(host: Host, modelId: string): Promise<number> {
    const threadId = crypto.randomUUID()
    unwrap(await host.dispatch('threads.create', { threadId }))
    const operationId = crypto.randomUUID()
    const request = {
      studio: 'chat',
      threadId,
      parentId: null,
      text: 'Go on',
      modelId,
      length: 'long',
      webSearch: false,
      subject: '',
    }
    let characters = 0
    const from = performance.now()
    const ended = new Promise<number>((resolve, reject) => {
      socket.on('message', function read(data: Buffer) {
        const frame = JSON.parse(data.toString('utf8')) as ServerFrame
        if ('event' in frame && frame.event.type === 'run.delta') {
          characters += frame.event.text.length
        } else if ('event' in frame && frame.event.type === 'run' && frame.event.run.ending) {
          socket.off('message', read)
          const { status } = frame.event.run.ending
          if (status === 'settled' && characters === TOKENS * 'token0 '.length) {
            resolve(performance.now() - from)
          } else reject(new Error(`The reply came ${status} with ${characters} characters`))
        }
      })
    })
    const input = { operationId, request, acceptedMaximum: 1_000_000 }
    socket.send(JSON.stringify({ id: 1, call: 'run.start', input }))
    return ended
  }

  return {
    readReply,
    async close() {
      socket.terminate()
      await door.close()
    },
  }
}
