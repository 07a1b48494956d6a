/** Decides when two requests are the same, so that the result of one answers the other. */

import type { RunRequest } from './requests.ts'

/** A message of a conversation as it is sent. */
export interface SentMessage {
  readonly role: 'system' | 'user' | 'assistant'
  readonly content: string
}

/**
 * One text for all requests that ask for the same thing: everything that decides the result, and
 * nothing else (not the subject, the thread or the recipe it came from). For chat, `messages` is the
 * whole conversation that would be sent. Null for what must be made anew each time: another reply to
 * the same message, and anything that looks into the web, which changes.
 */
export function requestIdentity(
  request: RunRequest,
  operation: string,
  messages: readonly SentMessage[],
): string | null {
  const { studio, modelId } = request
  const common = ['1', studio, modelId, operation]
  switch (request.studio) {
    case 'chat': {
      if (request.text === null || request.webSearch) return null
      const said = messages.flatMap(({ role, content }) => [role, plain(content)])
      return JSON.stringify([...common, request.length, ...said])
    }
    case 'image':
      return JSON.stringify([...common, plain(request.prompt), request.count, request.shape])
    case 'voice':
      return JSON.stringify([...common, plain(request.text), request.voice, request.speed])
  }
}

/** Normalises what nobody sees: composed characters, line ends, surrounding spaces. */
function plain(text: string): string {
  return text.normalize('NFC').replaceAll('\r\n', '\n').trim()
}
