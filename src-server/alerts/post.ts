/** Sends one message to one address. Of the answer only the status is read. */

import { lookup as lookUp } from 'node:dns'
import { request as requestHttp } from 'node:http'
import { request as requestHttps, type RequestOptions } from 'node:https'
import { isIP } from 'node:net'
import type { Timers } from '#shared/ports/time.ts'
import { isPublicAddress } from './addresses.ts'

/** The outcome: a status, or why there is none. */
export type Posted = { readonly status: number } | { readonly failed: string }

export type Post = (
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
) => Promise<Posted>

export interface PostSettings {
  /** Whether it may go into the server's own networks. */
  readonly mayBePrivate: boolean
  readonly timers: Timers
}

const ANSWERS_WITHIN_MS = 10_000

export function createPost({ mayBePrivate, timers }: PostSettings): Post {
  /** Judges the addresses actually connected to, so that no name can resolve elsewhere later. */
  const lookup: RequestOptions['lookup'] = (hostname, options, done) => {
    lookUp(hostname, { ...options, all: true }, (error, found) => {
      if (error) {
        done(error, '', 0)
        return
      }
      const [first] = found
      const isAllowed = mayBePrivate || found.every(({ address }) => isPublicAddress(address))
      if (!isAllowed || !first) done(new Error('address not public'), '', 0)
      else if (options.all) done(null, found)
      else done(null, first.address, first.family)
    })
  }

  return (url, headers, body) =>
    new Promise((resolve) => {
      const { protocol, hostname } = new URL(url)
      const bare = hostname.replace(/^\[|\]$/g, '')
      if (!mayBePrivate && isIP(bare) !== 0 && !isPublicAddress(bare)) {
        resolve({ failed: 'address not public' })
        return
      }
      const send = protocol === 'https:' ? requestHttps : requestHttp
      const length = Buffer.byteLength(body)
      const options = { method: 'POST', agent: false, lookup } as const
      const asked = send(url, { ...options, headers: { ...headers, 'content-length': length } })
      const cancel = timers.after(ANSWERS_WITHIN_MS, () => asked.destroy(new Error('no answer')))
      const end = (posted: Posted) => {
        cancel()
        resolve(posted)
      }
      asked.on('response', (response) => {
        end({ status: response.statusCode ?? 0 })
        response.destroy()
      })
      asked.on('error', (error) => end({ failed: reasonOf(error) }))
      asked.end(body)
    })
}

/** Without the address, which may hold what lets somebody in. */
function reasonOf(error: Error): string {
  const { code } = error as NodeJS.ErrnoException
  return code ?? (error.message.length < 40 ? error.message : 'failed')
}
