/** What the practice model answers: plainly practice, and shaped by what was asked. */

import type { ChatCall } from '../provider.ts'
import { createSeeded, type Seeded } from './seeded.ts'

export type PracticeDepth = 'brief' | 'thorough'

interface Subject {
  readonly text: string
  readonly words: number
  /** The most telling words of the prompt, in the order they appear; at least one. */
  readonly topics: readonly [string, ...string[]]
  readonly seeded: Seeded
}

const NOTE =
  'This is a **practice reply**. No model was asked and nothing left this machine, so take its shape and not its words. Metering, quotes and history are real.'

/** The whole reply, in Markdown; the same for the same messages, model and options. */
export function composeReply(call: ChatCall, depth: PracticeDepth): string {
  const subject = readSubject(call)
  const asked = call.messages.filter(({ role }) => role === 'user').length
  const sections = [NOTE, opening(subject, asked)]
  if (call.webSearch) sections.push(searchResults(subject))
  const requested = requestedSections(subject)
  sections.push(...requested)
  if (depth === 'thorough') sections.push(...thoroughSections(subject, requested.length))
  sections.push(closing(depth))
  return sections.join('\n\n')
}

function readSubject(call: ChatCall): Subject {
  const text = call.messages.findLast(({ role }) => role === 'user')?.content.trim() ?? ''
  const found = text.match(/[\p{L}\p{N}][\p{L}\p{N}'’-]*/gu) ?? []
  return {
    text,
    words: found.length,
    topics: pickTopics(found),
    seeded: createSeeded(`${call.model}\n${text}`),
  }
}

const COMMON_WORDS = new Set(
  `about above after again also because been before being between both could does doing down each
  every explain from give have having here into itself just like list make many more most much
  only other over please same should some such table tell than that their them then there these
  they this those through under until very want were what when where which while will with
  would write your yourself include including code function example short long words using compare`.split(
    /\s+/,
  ),
)

function pickTopics(words: readonly string[]): readonly [string, ...string[]] {
  const seen = new Set<string>()
  const candidates = words.filter((word) => {
    const key = word.toLowerCase()
    if (word.length < 4 || COMMON_WORDS.has(key) || seen.has(key)) return false
    seen.add(key)
    return true
  })
  const longest = candidates.toSorted((a, b) => b.length - a.length).slice(0, 4)
  const [first, ...rest] = candidates.filter((word) => longest.includes(word))
  return [first ?? words[0] ?? 'your message', ...rest]
}

function opening(subject: Subject, asked: number): string {
  if (subject.words === 0) return 'Your message held no words, so there is little to answer.'
  const size = subject.words === 1 ? 'one word' : `${subject.words} words`
  const turn = asked > 1 ? ` It is message ${asked} of yours in this thread.` : ''
  return `You wrote ${size}, and what stands out is ${joinTopics(subject.topics)}.${turn}`
}

function joinTopics(topics: readonly string[]): string {
  const bold = topics.map((topic) => `**${topic}**`)
  const last = bold.at(-1) ?? ''
  return bold.length < 2 ? last : `${bold.slice(0, -1).join(', ')} and ${last}`
}

/** The shapes the prompt asks for by name. */
function requestedSections(subject: Subject): string[] {
  const asks = (pattern: RegExp) => pattern.test(subject.text)
  const sections: string[] = []
  if (asks(/\b(table|compare|comparison|versus|vs)\b/i)) sections.push(table(subject))
  if (asks(/\b(list|steps?|how to|how do|plan|checklist|ideas|ways)\b/i))
    sections.push(steps(subject))
  if (asks(/\b(code|function|script|program|typescript|javascript|python|sql|regex)\b|```/i)) {
    sections.push(code(subject))
  }
  if (asks(/\b(quote|summary|summari[sz]e|tl;?dr)\b/i)) sections.push(summary(subject))
  return sections
}

function thoroughSections(subject: Subject, already: number): string[] {
  const sections = subject.topics.map((topic) => topicSection(subject, topic))
  if (already === 0) sections.push(table(subject), steps(subject))
  sections.push(summary(subject))
  return sections
}

const TOPIC_LINES = [
  (topic: string) =>
    `A working model would begin with what is meant by ${topic}, and why it came up.`,
  (topic: string) => `Then it would name one thing about ${topic} that is easy to get wrong.`,
  (topic: string) => `A concrete example of ${topic} would follow, small enough to check by hand.`,
  (topic: string) => `It might ask you what you already know of ${topic} before going on.`,
  (topic: string) => `If circumstances matter for ${topic}, it would say which ones.`,
] as const

function topicSection({ seeded }: Subject, topic: string): string {
  const lines = TOPIC_LINES.filter(() => seeded.next() < 0.7).map((line) => line(topic))
  const body = lines.length > 0 ? lines.join(' ') : TOPIC_LINES[0](topic)
  return `### ${capitalize(topic)}\n\n${body}`
}

function table({ topics, seeded }: Subject): string {
  const rows = topics.map((topic) => {
    return `| ${capitalize(topic)} | ${topic.length} | ${Math.round(seeded.between(1, 5))} of 5 |`
  })
  return ['| Topic | Letters | Practice weight |', '| --- | ---: | ---: |', ...rows].join('\n')
}

function steps({ topics }: Subject): string {
  const [first, ...others] = topics
  return [
    `1. Say in one sentence what you want from ${first}.`,
    ...others.map(
      (topic, index) => `${index + 2}. Set down what you know of ${topic}, and what not.`,
    ),
    `${topics.length + 1}. Connect a provider in Settings and ask again for a real answer.`,
  ].join('\n')
}

function code({ topics }: Subject): string {
  const items = topics.map((topic) => `'${topic.replaceAll("'", '’')}'`).join(', ')
  return [
    '```ts',
    '// Practice code: it runs, and counts the letters of your topics.',
    `const topics = [${items}]`,
    'for (const topic of topics) {',
    '  console.log(topic, [...topic].length)',
    '}',
    '```',
  ].join('\n')
}

function summary({ text, topics }: Subject): string {
  const sentence = /^[^.!?\n]{1,160}/u.exec(text)?.[0].trim() ?? ''
  return `> In your words: “${sentence}”\n>\n> In one word: *${topics[0]}*.`
}

function searchResults({ topics }: Subject): string {
  const results = topics.slice(0, 3).map((topic, index) => {
    const address = `https://practice.invalid/${encodeURIComponent(topic.toLowerCase())}`
    return `${index + 1}. *Practice result:* “${capitalize(topic)}, an invented page” (${address})`
  })
  return [
    '**Practice web search.** Nothing was searched; these pages do not exist.',
    '',
    ...results,
  ].join('\n')
}

function closing(depth: PracticeDepth): string {
  return depth === 'brief'
    ? 'For a real answer, connect a provider in Settings.'
    : 'That is the end of the practice. For a real answer, connect a provider in Settings: a model on this machine works offline too.'
}

function capitalize(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}
