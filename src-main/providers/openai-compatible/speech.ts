/** One recording through the AI SDK. */

import { createOpenAI } from '@ai-sdk/openai'
import { APICallError, generateSpeech } from 'ai'
import type { MediaResult, SpeechCall } from '../provider.ts'
import type { Connection } from './connection.ts'
import { MALFORMED, STOPPED } from './failures.ts'
import { MAX_MEDIA_BYTES } from './image.ts'
import { readAudioFormat } from '../media-format.ts'

export async function makeSpeech(connection: Connection, call: SpeechCall): Promise<MediaResult> {
  const key = connection.readKey()
  if (!key.ok) return { ok: false, failure: key.failure }
  try {
    const bytes = await speak(connection, call, key.key)
    const format = readAudioFormat(bytes)
    if (!format) return { ok: false, failure: MALFORMED }
    return { ok: true, file: { ...format, width: null, height: null, usage: null } }
  } catch (error) {
    const failure = call.signal.aborted ? STOPPED : connection.toFailure(error)
    return { ok: false, failure }
  }
}

/** WAV first, because it tells its length; MP3 where that is refused. */
async function speak(
  connection: Connection,
  call: SpeechCall,
  key: string | null,
): Promise<Uint8Array> {
  const provider = createOpenAI({
    baseURL: connection.baseUrl,
    apiKey: 'added-on-the-way-out',
    fetch: connection.guard(key, 'media', MAX_MEDIA_BYTES),
  })
  const request = async (outputFormat: 'wav' | 'mp3') => {
    const { audio } = await generateSpeech({
      model: provider.speech(call.model),
      text: call.text,
      ...(call.voice === '' ? {} : { voice: call.voice }),
      speed: call.speed / 100,
      outputFormat,
      maxRetries: 0,
      abortSignal: call.signal,
    })
    return audio.uint8Array
  }
  try {
    return await request('wav')
  } catch (error) {
    const refused =
      APICallError.isInstance(error) && /^(400|415|422)$/.test(String(error.statusCode))
    if (!refused || call.signal.aborted || !/format/i.test(error.responseBody ?? '')) throw error
    return request('mp3')
  }
}
