/** What an account's webhook leads to: a real HTTP server that checks what it is told. */

import { createHmac } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** `hang-up` closes the connection without an answer. */
type Answer = number | 'hang-up'

export interface Received {
  readonly id: string
  readonly body: { readonly type: string; readonly data: Readonly<Record<string, unknown>> }
  /** Seconds. */
  readonly timestamp: number
  signedBy(secret: string): boolean
}

export interface Receiver {
  readonly url: string
  /** All that came, refused or not. */
  readonly received: Received[]
  /** How the next ones are answered; 204 after that. */
  answers(...next: readonly Answer[]): void
  close(): Promise<void>
}

export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = []
  const planned: Answer[] = []
  const server = createServer((request, response) => {
    void readAll(request).then((text) => {
      received.push(readMessage(request, text))
      const answer = planned.shift() ?? 204
      if (answer === 'hang-up') request.socket.destroy()
      else response.writeHead(answer).end('x'.repeat(answer === 204 ? 0 : 100_000))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/credits?token=hush`,
    received,
    answers: (...next) => void planned.push(...next),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function readAll(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece as Buffer)
  return Buffer.concat(pieces).toString('utf8')
}

function readMessage({ headers }: IncomingMessage, text: string): Received {
  const id = String(headers['webhook-id'])
  const timestamp = String(headers['webhook-timestamp'])
  return {
    id,
    timestamp: Number(timestamp),
    body: JSON.parse(text) as Received['body'],
    signedBy(secret) {
      const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
      const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${text}`)
      return headers['webhook-signature'] === `v1,${expected.digest('base64')}`
    },
  }
}
