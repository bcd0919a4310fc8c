export {
  addDays,
  calendarDateIn,
  daysBetween,
  formatBrDate,
  parseBrDate,
  parseIsoDate,
  type CalendarDate,
} from './calendar-date.ts';
