/**
 * Node's HTTP. An `import` of `node:http` reads each of its exports, and one of them loads Node's
 * whole HTTP client: 50 ms of every start.
 */
export const { createServer, request } = process.getBuiltinModule('node:http')
