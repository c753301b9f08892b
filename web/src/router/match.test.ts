import { expect, test } from 'vitest'
import { match } from './match'
import { find } from './routes'

test('a name in the pattern takes one segment', () => {
  expect(match('/documents/:document', '/documents/01J')).toEqual({ document: '01J' })
  expect(match('/documents/:document', '/documents')).toBeUndefined()
  expect(match('/documents/:document', '/documents/01J/history')).toBeUndefined()
})

test('a slash at the end does not matter, escapes are undone', () => {
  expect(match('/a/:b', '/a/x%20y/')).toEqual({ b: 'x y' })
  expect(match('/a/:b', '/a/100%')).toEqual({ b: '100%' })
})

test('every place of the navigation has a page', () => {
  for (const path of ['/', '/documents', '/signing', '/rounds', '/registry', '/administration', '/verify', '/profile', '/notifications']) {
    expect(find(path), path).toBeDefined()
  }
})

test('an unknown address has no page', () => {
  expect(find('/nowhere')).toBeUndefined()
})
