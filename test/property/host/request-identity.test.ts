import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { requestIdentity, type SentMessage } from '#shared/host/request-identity.ts'
import type { RunRequest } from '#shared/host/requests.ts'
import { IMAGE_SHAPES, REPLY_LENGTHS } from '#shared/studios/settings.ts'

const word = fc.string({ maxLength: 6 })
const common = { modelId: fc.constantFrom('a/one', 'b/one'), subject: word }
const image = fc.record({
  studio: fc.constant('image' as const),
  ...common,
  prompt: word,
  count: fc.integer({ min: 1, max: 3 }),
  shape: fc.constantFrom(...IMAGE_SHAPES),
})
const voice = fc.record({
  studio: fc.constant('voice' as const),
  ...common,
  text: word,
  voice: fc.constantFrom('', 'x', 'y'),
  speed: fc.constantFrom(50, 100, 200),
})
const chat = fc.record({
  studio: fc.constant('chat' as const),
  ...common,
  threadId: fc.uuid(),
  parentId: fc.option(fc.uuid(), { nil: null }),
  text: word,
  length: fc.constantFrom(...REPLY_LENGTHS),
  webSearch: fc.constant(false),
})
const messages = fc.array(
  fc.record({ role: fc.constantFrom('user' as const, 'assistant' as const), content: word }),
  { maxLength: 4 },
)
const operation = fc.constantFrom('op.one', 'op.two')
const asked = fc.tuple(fc.oneof(image, voice, chat), operation, messages)
type Asked = readonly [RunRequest, string, readonly SentMessage[]]
const identity = ([request, rate, sent]: Asked) => requestIdentity(request, rate, sent)

const plain = (text: string) => text.normalize('NFC').replaceAll('\r\n', '\n').trim()

/** Everything that decides the result, by another road: as a value to compare. */
function meaning([request, rate, sent]: Asked): unknown {
  const { subject: _subject, ...rest } = request
  if (rest.studio === 'image') return { ...rest, rate, prompt: plain(rest.prompt) }
  if (rest.studio === 'voice') return { ...rest, rate, text: plain(rest.text) }
  const { threadId: _thread, parentId: _parent, text: _text, ...chatRest } = rest
  const said = sent.map(({ role, content }) => ({ role, content: plain(content) }))
  return { ...chatRest, rate, said }
}

describe('the identity of a request, for any two', () => {
  test('is the same exactly when everything that decides the result is', () => {
    // Half of the pairs share all but what the other kind of request would change.
    const near = fc
      .tuple(asked, asked)
      .map(([one, other]): readonly [Asked, Asked] => [one, [one[0], other[1], other[2]]])
    const pair = fc.oneof(fc.tuple(asked, asked), near)
    fc.assert(
      fc.property(pair, ([one, other]) => {
        const same = isDeepStrictEqual(meaning(one), meaning(other))
        expect(identity(one) === identity(other)).toBe(same)
      }),
      { numRuns: 2_000 },
    )
  })

  test('is none for another reply to the same message, and for what looks into the web', () => {
    fc.assert(
      fc.property(chat, messages, (request, sent) => {
        expect(requestIdentity({ ...request, text: null }, 'op', sent)).toBeNull()
        expect(requestIdentity({ ...request, webSearch: true }, 'op', sent)).toBeNull()
      }),
    )
  })

  test('of a chat holds the whole conversation that is sent', () => {
    fc.assert(
      fc.property(chat, messages, word, (request, sent, said) => {
        const longer = [{ role: 'user' as const, content: said }, ...sent]
        expect(requestIdentity(request, 'op', longer)).not.toBe(
          requestIdentity(request, 'op', sent),
        )
      }),
    )
  })

  test('does not ask what it is for, or which recipe it came from', () => {
    fc.assert(
      fc.property(image, word, fc.uuid(), (request, subject, recipeId) => {
        expect(requestIdentity({ ...request, subject, recipeId }, 'op', [])).toBe(
          requestIdentity(request, 'op', []),
        )
      }),
    )
  })
})
