#!/bin/sh
# Runs once, when the server's data is made: makes the role that owns the database, which `migrate` connects as. It is no
# superuser; it makes the roles of the apps.
psql -v ON_ERROR_STOP=1 -v owner="$DATABASE_OWNER" -v password="$DATABASE_OWNER_PASSWORD" \
  --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
create role :"owner" login createrole password :'password';
alter database billing owner to :"owner";
SQL
