/** A process that makes creations until it is killed: `node make-creations.ts <directory>`. */

import { randomUUID } from 'node:crypto'
import { openLibrary } from '../../../src-main/library/library.ts'
import { systemClock } from '../../../src-main/ports/time.ts'
import { data, newCreation } from './fixture.ts'

const library = data(openLibrary(process.argv[2] ?? '', { clock: systemClock }))
for (let number = 0; ; number++) {
  const made = newCreation(0, { id: randomUUID() })
  const bytes = new Uint8Array(300_000).fill(number % 256)
  data(library.addCreation({ ...made, file: { ...made.file, bytes } }))
  if (number === 0) process.stdout.write('making\n')
}
