/** An OpenAI-compatible server for a test: one nobody here wrote, behind a door that asks a key. */

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { LLMock } from '@copilotkit/aimock'

export interface TestProvider {
  readonly baseUrl: string
  readonly mock: LLMock
  close(): Promise<void>
}

export async function startProvider(key: string, models: readonly string[]): Promise<TestProvider> {
  const mock = new LLMock({ port: 0, chunkSize: 8 })
  await mock.start()
  const server = createServer((request, response) => {
    if (request.headers.authorization !== `Bearer ${key}`) {
      response.writeHead(401, { 'content-type': 'application/json' })
      response.end(
        JSON.stringify({
          error: { message: `Incorrect API key: ${String(request.headers.authorization)}` },
        }),
      )
      return
    }
    if (request.url === '/v1/models') {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(
        JSON.stringify({ object: 'list', data: models.map((id) => ({ id, object: 'model' })) }),
      )
      return
    }
    void pass(request, response, mock.url)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    mock,
    async close() {
      server.closeAllConnections()
      server.close()
      await mock.stop()
    },
  }
}

type Handler = NonNullable<Parameters<typeof createServer>[1]>

async function pass(
  ...[request, response, target]: [...Parameters<Handler>, string]
): Promise<void> {
  const body: Buffer[] = []
  for await (const piece of request as AsyncIterable<Buffer>) body.push(piece)
  const answer = await fetch(`${target}${request.url ?? ''}`, {
    method: request.method ?? 'GET',
    headers: { 'content-type': request.headers['content-type'] ?? 'application/json' },
    ...(body.length > 0 ? { body: Buffer.concat(body) } : {}),
  })
  response.writeHead(answer.status, {
    'content-type': answer.headers.get('content-type') ?? 'application/json',
  })
  for await (const piece of answer.body ?? []) response.write(piece)
  response.end()
}
