import type { Ledger } from '../ledger/ledger.ts'
import type { Authority } from './authority.ts'

/** The authority that currently issues the credits: joining or leaving a team needs no restart. */
export function createEitherAuthority(
  ledger: Pick<Ledger, 'issuer'>,
  local: Authority,
  team: Authority,
): Authority {
  const present = () => (ledger.issuer() ? team : local)
  return {
    bringUpToDate: () => present().bringUpToDate(),
    books: () => present().books(),
    terms: () => present().terms(),
    cycle: () => present().cycle(),
    nextRefill: () => present().nextRefill(),
    previewPlan: (choice) => present().previewPlan(choice),
    changePlan: (choice) => present().changePlan(choice),
    redeem: (code) => present().redeem(code),
    setCap: (changeId, cap) => present().setCap(changeId, cap),
    removeCap: (changeId, capId) => present().removeCap(changeId, capId),
    write: (entries) => present().write(entries),
    close() {
      local.close()
      team.close()
    },
  }
}
