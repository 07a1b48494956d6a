/**
 * Messages as frames and back. A frame is text (JSON) or bytes: one byte for the kind, a small
 * header, the payload. Reading gives a typed error for whatever is no message and throws for nothing.
 */

import type { z } from 'zod'
import { failure, type Result, success } from '../result.ts'
import {
  BrokenFrame,
  type ByteReader,
  bytesOfHex,
  createByteReader,
  createByteWriter,
  hexOfBytes,
} from './bytes.ts'
import { TO_DEVICE, TO_SERVER, type ToDevice, type ToServer } from './messages.ts'
import { MAX_FRAME_TO_DEVICE, MAX_FRAME_TO_SERVER, MAX_ITEMS } from './protocol.ts'

export type Frame = string | Uint8Array

const KINDS = {
  records: 1,
  acknowledged: 2,
  put: 3,
  kept: 4,
  changes: 5,
  segment: 6,
  'segment-kept': 7,
} as const
type Kind = keyof typeof KINDS
type Binary = Extract<ToServer | ToDevice, { type: Kind }>

const HASH_BYTES = 32
const SIGNATURE_BYTES = 64

/** The frame of a message. Throws on what the other side would refuse to read. */
export function writeFrame(message: ToServer | ToDevice): Frame {
  return isBinary(message) ? writeBinary(message) : JSON.stringify(message)
}

/**
 * What a device sent, or `frame_too_large`, `frame_malformed`, `message_unknown` (a kind that only
 * another version knows).
 */
export function readFromDevice(frame: Frame): Result<ToServer> {
  return readFrame<ToServer>(frame, MAX_FRAME_TO_SERVER, TO_SERVER, ['records', 'put', 'segment'])
}

/** What a server sent; fails as `readFromDevice` does. */
export function readFromServer(frame: Frame): Result<ToDevice> {
  const kinds = ['acknowledged', 'changes', 'kept', 'segment', 'segment-kept'] as const
  return readFrame<ToDevice>(frame, MAX_FRAME_TO_DEVICE, TO_DEVICE, kinds)
}

function readFrame<Message>(
  frame: Frame,
  maximum: number,
  schemas: Readonly<Record<string, z.ZodType>>,
  kinds: readonly Kind[],
): Result<Message> {
  if (frame.length > maximum) return failure('frame_too_large', `Over ${maximum} bytes`)
  const message = typeof frame === 'string' ? readControl(frame, schemas) : readBinary(frame, kinds)
  return message as Result<Message>
}

function readControl(frame: string, schemas: Readonly<Record<string, z.ZodType>>): Result<unknown> {
  let content: unknown
  try {
    content = JSON.parse(frame)
  } catch {
    return malformed('not JSON')
  }
  if (typeof content !== 'object' || content === null || !('type' in content)) {
    return malformed('no message')
  }
  const { type } = content
  if (typeof type !== 'string' || type.length > 100) return malformed('no type')
  const schema = Object.hasOwn(schemas, type) ? schemas[type] : undefined
  if (!schema) return failure('message_unknown', `No such message: ${JSON.stringify(type)}`)
  const read = schema.safeParse(content)
  if (read.success) return success(read.data)
  const [issue] = read.error.issues
  return malformed(`${type}: ${issue ? `${issue.path.join('.')} ${issue.message}` : 'refused'}`)
}

function readBinary(frame: Uint8Array, kinds: readonly Kind[]): Result<unknown> {
  const code = frame[0]
  if (code === undefined) return malformed('empty')
  const kind = kinds.find((known) => KINDS[known] === code)
  if (!kind) return failure('message_unknown', `No such message: ${code}`)
  try {
    const reader = createByteReader(frame, 1)
    const message = READERS[kind](reader)
    reader.end()
    return success(message)
  } catch (error) {
    if (error instanceof BrokenFrame) return malformed(`${kind}: ${error.message}`)
    throw error
  }
}

const READERS: { readonly [K in Kind]: (reader: ByteReader) => Extract<Binary, { type: K }> } = {
  records(reader) {
    const from = positive(reader)
    const sequence = reader.number()
    if (sequence < from) throw new BrokenFrame('ends before it begins')
    if (sequence - from >= MAX_ITEMS) throw new BrokenFrame('too many records')
    const hash = hexOf(reader, HASH_BYTES)
    const previous = reader.block()
    if (previous.length !== 0 && previous.length !== HASH_BYTES) {
      throw new BrokenFrame('the hash before is no hash')
    }
    const signature = reader.block()
    if (signature.length !== SIGNATURE_BYTES) throw new BrokenFrame('no signature')
    const batch = reader.rest()
    const to = { sequence, hash }
    return { type: 'records', from, to, previous: hexOfBytes(previous), signature, batch }
  },
  acknowledged(reader) {
    const sequence = positive(reader)
    return { type: 'acknowledged', head: { sequence, hash: hexOf(reader, HASH_BYTES) } }
  },
  put(reader) {
    const number = reader.number()
    return { type: 'put', number, document: reader.word(), items: readItems(reader) }
  },
  kept(reader) {
    const number = reader.number()
    const after = reader.number()
    const to = reader.number()
    if (to < after) throw new BrokenFrame('ends before it begins')
    return { type: 'kept', number, after, to }
  },
  changes(reader) {
    const document = reader.word()
    return { type: 'changes', document, after: reader.number(), items: readItems(reader) }
  },
  segment(reader) {
    return { type: 'segment', name: hexOf(reader, HASH_BYTES), bytes: reader.rest() }
  },
  'segment-kept'(reader) {
    return { type: 'segment-kept', name: hexOf(reader, HASH_BYTES) }
  },
}

function isBinary(message: ToServer | ToDevice): message is Binary {
  return Object.hasOwn(KINDS, message.type)
}

function writeBinary(message: Binary): Uint8Array {
  const writer = createByteWriter()
  writer.byte(KINDS[message.type])
  switch (message.type) {
    case 'records':
      writer.number(message.from)
      writer.number(message.to.sequence)
      writer.block(hashBytes(message.to.hash))
      writer.block(bytesOfHex(message.previous))
      writer.block(message.signature)
      writer.rest(message.batch)
      break
    case 'acknowledged':
      writer.number(message.head.sequence)
      writer.block(hashBytes(message.head.hash))
      break
    case 'put':
      writer.number(message.number)
      writer.word(message.document)
      writeItems(writer, message.items)
      break
    case 'kept':
      writer.number(message.number)
      writer.number(message.after)
      writer.number(message.to)
      break
    case 'changes':
      writer.word(message.document)
      writer.number(message.after)
      writeItems(writer, message.items)
      break
    case 'segment':
      writer.block(hashBytes(message.name))
      writer.rest(message.bytes)
      break
    case 'segment-kept':
      writer.block(hashBytes(message.name))
      break
  }
  return writer.bytes()
}

function readItems(reader: ByteReader): readonly Uint8Array[] {
  const count = positive(reader)
  if (count > MAX_ITEMS) throw new BrokenFrame('too many items')
  const items: Uint8Array[] = []
  for (let at = 0; at < count; at++) items.push(reader.block())
  return items
}

function writeItems(
  writer: ReturnType<typeof createByteWriter>,
  items: readonly Uint8Array[],
): void {
  writer.number(items.length)
  for (const item of items) writer.block(item)
}

function positive(reader: ByteReader): number {
  const value = reader.number()
  if (value === 0) throw new BrokenFrame('zero')
  return value
}

function hashBytes(hex: string): Uint8Array {
  const bytes = bytesOfHex(hex)
  if (bytes.length !== HASH_BYTES) throw new RangeError('Not a SHA-256')
  return bytes
}

function hexOf(reader: ByteReader, length: number): string {
  const bytes = reader.block()
  if (bytes.length !== length) throw new BrokenFrame('a hash of another length')
  return hexOfBytes(bytes)
}

function malformed(why: string): Result<never> {
  return failure('frame_malformed', `The message cannot be read: ${why}`)
}
