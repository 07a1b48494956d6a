/** What crosses between window and host is a result too. */
export { failure, type HostError, type Result, success } from '../result.ts'
