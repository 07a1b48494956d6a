/** Any server that speaks OpenAI's API: OpenAI, Ollama, LM Studio, vLLM and others (decision 0004). */

import type { Provider } from '../provider.ts'
import { streamChat } from './chat.ts'
import { createConnection, type OpenAiCompatibleOptions } from './connection.ts'
import { makeImage } from './image.ts'
import { makeSpeech } from './speech.ts'

// The SDK would print its advice to the console, where the host's log is.
globalThis.AI_SDK_LOG_WARNINGS = false

export function createOpenAiCompatibleProvider(options: OpenAiCompatibleOptions): Provider {
  const connection = createConnection(options)
  return {
    chat: (call) => streamChat(connection, call),
    image: (call) => makeImage(connection, call),
    speech: (call) => makeSpeech(connection, call),
  }
}
