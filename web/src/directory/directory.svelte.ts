/** Names of departments and people by id, loaded once and kept; unknown ids are asked for again at most once a minute. */
import { get } from '../api/client'
import type { Department, Person } from '../api/types'

const PATIENCE = 60_000

let departments = $state.raw<readonly Department[]>([])
let people = $state.raw<ReadonlyMap<string, Person>>(new Map())
let departmentsAsked = 0
let peopleAsked = 0

export const directory = {
  /** All departments by name; empty until they come. */
  get departments(): readonly Department[] {
    if (departments.length === 0) void askDepartments()
    return departments
  },
  get people(): readonly Person[] {
    if (people.size === 0) void askPeople()
    return [...people.values()]
  },
  department(id: string): Department | undefined {
    const found = departments.find((department) => department.id === id)
    if (!found) void askDepartments()
    return found
  },
  departmentName(id: string | null | undefined): string {
    return id ? (directory.department(id)?.name ?? '') : ''
  },
  person(id: string): Person | undefined {
    const found = people.get(id)
    if (!found) void askPeople()
    return found
  },
  personName(id: string | null | undefined): string {
    return id ? (directory.person(id)?.name ?? '') : ''
  },
}

/** After the administration changed something. */
export function refreshDirectory(): void {
  departmentsAsked = peopleAsked = 0
  void askDepartments()
  void askPeople()
}

async function askDepartments(): Promise<void> {
  if (Date.now() - departmentsAsked < PATIENCE) return
  departmentsAsked = Date.now()
  try {
    const found = await get<Department[]>('/departments')
    departments = found.toSorted((one, other) => one.name.localeCompare(other.name, 'cs'))
  } catch {
    departmentsAsked = 0 // names are a comfort: the ids work without them, the next reader asks again
  }
}

async function askPeople(): Promise<void> {
  if (Date.now() - peopleAsked < PATIENCE) return
  peopleAsked = Date.now()
  try {
    const found = await get<Person[]>('/people')
    people = new Map(found.map((person) => [person.id, person]))
  } catch {
    peopleAsked = 0
  }
}
