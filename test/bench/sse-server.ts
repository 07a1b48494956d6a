/** A provider that streams as fast as it is read, in a thread of its own. */

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parentPort, workerData } from 'node:worker_threads'

const { tokens } = workerData as { readonly tokens: number }

const chunk = (choices: readonly object[], usage?: object) =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices, usage })}\n\n`

const body = [
  ...Array.from({ length: tokens }, (_, at) =>
    chunk([{ index: 0, delta: { content: `token${at % 10} ` }, finish_reason: null }]),
  ),
  chunk([{ index: 0, delta: {}, finish_reason: 'stop' }]),
  chunk([], { prompt_tokens: 10, completion_tokens: tokens, total_tokens: tokens + 10 }),
  'data: [DONE]\n\n',
]

const server = createServer((request, response) => {
  request.resume()
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  let at = 0
  const pump = () => {
    while (at < body.length) if (!response.write(body[at++])) return
    response.end()
  }
  response.on('drain', pump)
  pump()
})

server.listen(0, '127.0.0.1', () => {
  parentPort?.postMessage((server.address() as AddressInfo).port)
})
