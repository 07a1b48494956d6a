import { describe, expect, it } from 'vitest'
import { millicredits } from '#shared/credits/amount.ts'
import type { MachineUsage, TeamView } from '#shared/host/team.ts'
import { usageByMember } from '../../../src-renderer/features/team/usage-by-member.ts'

const total = (runs: number, credits: number) => ({ runs, credits: millicredits(credits) })
const row = (memberId: string, deviceId: string, cycle: number, all: number): MachineUsage => ({
  memberId,
  deviceId,
  thisCycle: total(1, cycle),
  allTime: total(2, all),
  newer: 0,
})
const team = {
  members: [
    { id: 'ada', name: 'Ada' },
    { id: 'grace', name: 'Grace' },
  ],
  devices: [
    { id: 'laptop', name: 'Laptop', memberId: 'ada' },
    { id: 'desktop', name: 'Desktop', memberId: 'grace' },
    { id: 'tower', name: 'Tower', memberId: 'grace' },
  ],
} as unknown as TeamView

describe('usage by member and machine', () => {
  it('has members with their machines, most first, and sums them', () => {
    const rows = [
      row('ada', 'laptop', 5, 50),
      row('grace', 'desktop', 1, 20),
      row('grace', 'tower', 2, 40),
    ]
    expect(usageByMember(rows, team)).toMatchObject([
      {
        name: 'Grace',
        thisCycle: total(2, 3),
        allTime: total(4, 60),
        machines: [{ name: 'Tower' }, { name: 'Desktop' }],
      },
      { name: 'Ada', allTime: total(2, 50), machines: [{ name: 'Laptop', allTime: total(2, 50) }] },
    ])
  })

  it('counts runs that name nobody of the team for the member of their machine, once', () => {
    const rows = [row('account-before', 'laptop', 0, 7), row('ada', 'laptop', 5, 50)]
    const [ada, ...more] = usageByMember(rows, team)
    expect(more).toEqual([])
    expect(ada?.machines).toMatchObject([{ thisCycle: total(2, 5), allTime: total(4, 57) }])
  })

  it('keeps what nobody knows by name', () => {
    expect(usageByMember([row('', 'gone', 0, 1)], team)).toMatchObject([
      { memberId: '', name: 'Unknown', machines: [{ name: 'Unknown machine' }] },
    ])
  })

  it('is empty where nothing ran', () => expect(usageByMember([], team)).toEqual([]))
})
