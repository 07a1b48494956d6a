import { describe, expect, test } from 'vitest'
import { guessModel } from '../../../src-main/providers/guess-model.ts'
import { isLocalAddress } from '../../../src-main/providers/local-address.ts'
import { readAudioFormat, readImageFormat } from '../../../src-main/providers/media-format.ts'
import { encodeWav } from '../../../src-main/providers/practice/wav.ts'

describe('what a listed model is for', () => {
  test.each([
    ['gpt-4o-mini', 'chat', 'request.standard'],
    ['gpt-4o', 'chat', 'request.advanced'],
    ['llama3.1:8b', 'chat', 'request.standard'],
    ['llama3.1:70b', 'chat', 'request.advanced'],
    ['qwen2.5:32b-instruct', 'chat', 'request.advanced'],
    ['claude-haiku', 'chat', 'request.standard'],
    ['dall-e-3', 'image', 'image.advanced'],
    ['gpt-image-1-mini', 'image', 'image.standard'],
    ['flux-schnell', 'image', 'image.standard'],
    ['tts-1-hd', 'voice', 'speech'],
    ['gpt-4o-mini-tts', 'voice', 'speech'],
    ['kokoro', 'voice', 'speech'],
  ])('%s', (name, studio, operation) => {
    expect(guessModel(name)).toEqual({ name, studio, operation })
  })

  test.each(['text-embedding-3-small', 'whisper-1', 'omni-moderation-latest', 'nomic-embed-text'])(
    '%s is for none of the studios',
    (name) => expect(guessModel(name)).toBeNull(),
  )
})

describe('local addresses', () => {
  test.each([
    'http://localhost:1234/v1',
    'http://127.0.0.1',
    'http://127.8.9.1/v1',
    'http://[::1]:8080',
    'http://[::ffff:192.168.0.7]/',
    'http://[fd12::1]/',
    'http://10.0.0.2',
    'http://172.31.255.1',
    'http://192.168.1.20',
    'http://169.254.1.1',
    'http://100.100.1.1',
    'http://studio.local',
    'http://gpu-box:8000',
  ])('%s', (url) => expect(isLocalAddress(url)).toBe(true))

  test.each([
    'https://api.openai.com/v1',
    'http://172.32.0.1',
    'http://11.0.0.1',
    'http://100.128.0.1',
    'http://localhost.example.com',
    'http://notlocalhost.example',
    'http://[2001:db8::1]',
    'not an address',
  ])('%s is not', (url) => expect(isLocalAddress(url)).toBe(false))
})

describe('media told from its bytes', () => {
  const bytes = (text: string) => Uint8Array.from(text, (sign) => sign.charCodeAt(0))

  test('a JPEG’s size, past its other segments', () => {
    const jpeg = bytes(
      '\xff\xd8\xff\xe0\x00\x04ab\xff\xc4\x00\x03x\xff\xc2\x00\x0b\x08\x01\x02\x03\x04\x01\x01\x11\x00',
    )
    expect(readImageFormat(jpeg)).toEqual({ mediaType: 'image/jpeg', width: 772, height: 258 })
  })

  test('a cut JPEG has no size', () => {
    expect(readImageFormat(bytes('\xff\xd8\xff\xe0\xff\xff'))).toMatchObject({ width: null })
  })

  test.each(['', 'RIFF', '<svg/>', '\x89PNG\r\n', '{"error": 1}'])('%j is no image', (text) => {
    expect(readImageFormat(bytes(text))).toBeNull()
  })

  test.each([
    ['ID3\x04', 'audio/mpeg'],
    ['\xff\xfb\x90', 'audio/mpeg'],
    ['\xff\xf1\x50', 'audio/aac'],
    ['OggS', 'audio/ogg'],
    ['fLaC', 'audio/flac'],
    ['\0\0\0\x20ftypM4A ', 'audio/mp4'],
  ])('%j is %s', (text, mediaType) => {
    expect(readAudioFormat(bytes(text))).toMatchObject({ mediaType, durationMs: null })
  })

  test.each(['', 'hello', '<html>', 'RIFF\0\0\0\0WAVE', '\xff'])('%j is no audio', (text) => {
    expect(readAudioFormat(bytes(text))).toBeNull()
  })

  test.each([0, 0xffff_ffff])('a streamed WAV that says %i bytes is put right', (said) => {
    const wav = Buffer.from(encodeWav(new Int16Array(4_000), 8_000))
    wav.writeUInt32LE(said, 40)
    const format = readAudioFormat(wav)
    expect(format?.durationMs).toBe(500)
    expect(Buffer.from(format?.bytes ?? []).readUInt32LE(40)).toBe(8_000)
    expect(Buffer.from(format?.bytes ?? []).readUInt32LE(4)).toBe(wav.length - 8)
  })
})
