-- Roles, schema and search paths of BuhBot in a new Supabase project: SQL Editor, as postgres (DB-02).
-- `manage.py migrate` does the same by itself when DATABASE_MIGRATION_URL is the login postgres.
-- Written by buhbot/ops/bootstrap.py: script(); a test compares. Passwords are given afterwards:
--     ALTER ROLE buhbot_owner PASSWORD '…'; the same for buhbot_service and buhbot_web.
BEGIN;
CREATE ROLE buhbot_owner LOGIN;
CREATE ROLE buhbot_service LOGIN NOINHERIT;
CREATE ROLE buhbot_web LOGIN NOINHERIT;
CREATE ROLE buhbot_session NOLOGIN;
CREATE ROLE buhbot_admin NOLOGIN;
CREATE ROLE buhbot_manager NOLOGIN;
CREATE ROLE buhbot_accountant NOLOGIN;
CREATE ROLE buhbot_observer NOLOGIN;
GRANT buhbot_owner TO "postgres";
GRANT buhbot_session TO buhbot_service;
GRANT buhbot_admin TO buhbot_service;
GRANT buhbot_manager TO buhbot_service;
GRANT buhbot_accountant TO buhbot_service;
GRANT buhbot_observer TO buhbot_service;
GRANT buhbot_session TO buhbot_web;
GRANT buhbot_admin TO buhbot_web;
GRANT buhbot_manager TO buhbot_web;
GRANT buhbot_accountant TO buhbot_web;
GRANT buhbot_observer TO buhbot_web;
CREATE SCHEMA buhbot AUTHORIZATION buhbot_owner;
ALTER ROLE "buhbot_owner" IN DATABASE "postgres" SET search_path = buhbot;
ALTER ROLE "buhbot_service" IN DATABASE "postgres" SET search_path = buhbot;
ALTER ROLE "buhbot_web" IN DATABASE "postgres" SET search_path = buhbot;
COMMIT;
