/** Hex SHA-256, from outside: the rules have no cryptography. */
export type Sha256 = (content: string | Uint8Array) => string
