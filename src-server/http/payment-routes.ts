/** What processors and people's browsers reach: webhooks, the sandbox's pages, the way back from a page. */

import type { FastifyInstance } from 'fastify'
import type { Log } from '#shared/ports/log.ts'
import type { Clock } from '#shared/ports/time.ts'
import { failure, type Result } from '#shared/result.ts'
import { MAX_MESSAGE_BYTES } from '../payments/messages.ts'
import { MAX_FORM_BYTES } from '../payments/sandbox/site.ts'
import type { Metrics } from '../ports/metrics.ts'
import { RETURN_PATH, type Sales } from '../sales/sales.ts'
import { boughtPage } from './bought-page.ts'
import { statusOf, tooManyRequests } from './calls.ts'
import { addressGroup, createRateLimit, type Rate, type RateLimit } from './rate-limit.ts'

/** A processor may send in bursts; anything faster is not a processor. */
const WEBHOOK_RATE: Rate = { burst: 20_000, perSecond: 500 }

export interface PaymentRouteDeps {
  readonly sales: Pick<Sales, 'receive' | 'pages' | 'processor'>
  /** For what people's browsers ask. */
  readonly addresses: RateLimit
  readonly metrics: Metrics
  readonly clock: Clock
  readonly log: Log
}

export function addPaymentRoutes(app: FastifyInstance, deps: PaymentRouteDeps): void {
  addWebhook(app, deps)
  if (deps.sales.pages) addSandbox(app, deps.sales.pages, deps.addresses)
  app.get(RETURN_PATH, (_request, reply) => {
    deps.log.info('Somebody came back from a payment page')
    return reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
      .send(boughtPage)
  })
}

/** `POST /webhooks/<processor>`: signed over the body as it came, so nothing may read it before. */
function addWebhook(
  app: FastifyInstance,
  { sales, metrics, clock }: Pick<PaymentRouteDeps, 'sales' | 'metrics' | 'clock'>,
): void {
  const counter = metrics.counter('webhooks_total', 'Messages of the processor', ['code'])
  const rate = createRateLimit(WEBHOOK_RATE, clock)

  async function take(ip: string, body: unknown, signature: unknown): Promise<Result<unknown>> {
    const wait = rate.take(addressGroup(ip))
    if (wait > 0) return tooManyRequests(wait)
    if (typeof body !== 'string' || typeof signature !== 'string') {
      return failure('signature_wrong', 'The message is not signed by the processor.')
    }
    return sales.receive(body, signature)
  }

  app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers()
    const raw = { parseAs: 'string', bodyLimit: MAX_MESSAGE_BYTES } as const
    scope.addContentTypeParser('*', raw, (_request, body, parsed) => parsed(null, body))
    scope.post(
      `/webhooks/${sales.processor}`,
      { bodyLimit: MAX_MESSAGE_BYTES },
      async (request, reply) => {
        const { ip, body, headers } = request
        const result = await take(ip, body, headers['stripe-signature'])
        counter.add(1, { code: result.ok ? 'ok' : result.error.code })
        return reply.code(result.ok ? 200 : statusOf(result.error)).send(result)
      },
    )
    done()
  })
}

function addSandbox(
  app: FastifyInstance,
  pages: NonNullable<Sales['pages']>,
  addresses: RateLimit,
): void {
  app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: MAX_FORM_BYTES },
      (_request, body, parsed) => parsed(null, body),
    )
    scope.route({
      method: ['GET', 'POST'],
      url: `${pages.path}/*`,
      bodyLimit: MAX_FORM_BYTES,
      async handler(request, reply) {
        const wait = addresses.take(addressGroup(request.ip))
        if (wait > 0) return reply.code(429).send(tooManyRequests(wait))
        const { method, url, headers } = request
        const page = await pages.answer({
          method,
          path: url.slice(pages.path.length),
          body: typeof request.body === 'string' ? request.body : '',
          origin: headers.origin ?? null,
        })
        return reply.code(page.status).headers(page.headers).send(page.body)
      },
    })
    done()
  })
}
