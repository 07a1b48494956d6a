import { describe, expect, it } from 'vitest'
import { totalLine } from '../../../scripts/checks/outcome.ts'
import { conformanceLines, countPlaywright, countVitest } from '../../../scripts/checks/reports.ts'

const test = (status: string, fullName = 'a test') => ({ status, fullName })
const file = (...assertionResults: object[]) => ({
  name: '/here/test/unit/a.test.ts',
  status: 'passed',
  message: '',
  assertionResults,
})
const vitest = (...testResults: object[]) => JSON.stringify({ testResults })
const playwright = (tests: object[], errors: object[] = []) =>
  JSON.stringify({ suites: [{ suites: [{ specs: [{ title: 'opens', tests }] }] }], errors })
const playwrightTest = (status: string, annotations: object[] = []) => ({ status, annotations })

describe('counting a vitest report', () => {
  it('counts each test once', () => {
    const report = vitest(file(test('passed'), test('failed')), file(test('passed'), test('todo')))
    expect(countVitest(['unit'], report, 1)).toMatchObject([
      { passed: 2, failed: 1, skipped: [{ name: 'a test', reason: 'todo' }] },
    ])
  })

  it('gives each project its own tests, whatever the other projects came to', () => {
    const other = {
      ...file(test('passed'), test('passed')),
      name: 'C:\\here\\test\\property\\b.test.ts',
    }
    const report = vitest(file(test('failed')), other)
    expect(countVitest(['unit', 'property'], report, 1)).toMatchObject([
      { suite: 'unit', passed: 0, failed: 1 },
      { suite: 'property', passed: 2, failed: 0 },
    ])
  })

  it('counts a project of which nothing ran as a failure', () => {
    expect(countVitest(['unit', 'property'], vitest(file(test('passed'))), 0)).toMatchObject([
      { suite: 'unit', failed: 0 },
      { suite: 'property', failed: 1 },
    ])
  })

  it('counts a file that could not be loaded as a failure', () => {
    const broken = { ...file(), status: 'failed', message: 'SyntaxError: no\nstack' }
    expect(countVitest(['unit'], vitest(file(test('passed')), broken), 1)).toMatchObject([
      { passed: 1, failed: 1, problems: ['/here/test/unit/a.test.ts: SyntaxError: no'] },
    ])
  })

  it('counts a run that ended badly after passing tests as a failure', () => {
    const report = vitest(file(test('passed')))
    expect(countVitest(['unit'], report, 1)).toMatchObject([{ failed: 1 }])
    expect(countVitest(['unit'], report, null)).toMatchObject([{ failed: 1 }])
  })

  it.each([
    ['missing', null],
    ['cut off', '{"testResults": ['],
    ['empty', vitest()],
  ])('counts a %s report as a failure', (_what, report) => {
    expect(countVitest(['unit'], report, 0)).toMatchObject([{ passed: 0, failed: 1 }])
  })
})

describe('counting a Playwright report', () => {
  it('gives the reason of a skipped test', () => {
    const skip = playwrightTest('skipped', [{ type: 'skip', description: 'no Electron here' }])
    const outcome = countPlaywright('e2e', playwright([playwrightTest('expected'), skip]), 0)
    expect(outcome).toMatchObject({ passed: 1, failed: 0 })
    expect(outcome.skipped).toEqual([{ name: 'opens', reason: 'no Electron here' }])
  })

  it('counts a test that passed only when tried again as failed', () => {
    const report = playwright([playwrightTest('flaky'), playwrightTest('unexpected')])
    expect(countPlaywright('e2e', report, 0)).toMatchObject({ passed: 0, failed: 2 })
  })

  it('counts an error outside every test', () => {
    const report = playwright([playwrightTest('expected')], [{ message: 'no server\nat x' }])
    const outcome = countPlaywright('e2e', report, 1)
    expect(outcome).toMatchObject({ passed: 1, failed: 1 })
    expect(outcome.problems[0]).toBe('no server')
  })
})

describe('the last line', () => {
  const outcome = { suite: 'unit', passed: 3, failed: 0, skipped: [], problems: [] }

  it('sums every suite and leaves out an empty skipped', () => {
    expect(totalLine([outcome, { ...outcome, failed: 2 }])).toBe('6 passed, 2 failed')
  })

  it('says how many were skipped', () => {
    const skipped = [{ name: 'opens a window', reason: 'no Electron' }]
    expect(totalLine([outcome, { ...outcome, skipped }])).toBe('6 passed, 0 failed, 1 skipped')
  })
})

describe('the lines of a conformance report', () => {
  it('begin with the rule, in the order of the rules', () => {
    const broken = { ...test('failed', 'tooljet 9 A fresh set'), failureMessages: ['Error: 1\nat'] }
    const report = vitest(
      file(test('passed', 'tooljet 10 Later'), broken),
      file(test('passed', 'softr 1 Included'), test('passed', 'the table is whole')),
    )
    expect(conformanceLines(report)).toEqual([
      'softr 1 ok Included',
      'tooljet 9 FAILED A fresh set\n  Error: 1',
      'tooljet 10 ok Later',
    ])
  })

  it('tell of any other test that failed, and of a rule that was left out', () => {
    const report = vitest(
      file(test('failed', 'the table is whole'), test('skipped', 'softr 1 Included')),
      file(test('todo', 'softr 2 One pool')),
    )
    expect(conformanceLines(report)).toEqual([
      'softr 1 FAILED Included',
      'softr 2 FAILED One pool',
      'the table is whole FAILED',
    ])
  })

  it('are none without a report', () => {
    expect(conformanceLines(null)).toEqual([])
  })
})
