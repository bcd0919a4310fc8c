export {
  addDays,
  calendarDateIn,
  dayNumber,
  dayNumberOf,
  daysBetween,
  formatBrDate,
  parseIsoDate,
  type CalendarDate,
} from './calendar-date.ts';
