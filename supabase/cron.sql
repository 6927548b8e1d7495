-- cron.sql: keeps the metrics fresh with pg_cron where it is preloaded for this database.
-- Elsewhere (the embedded PostgreSQL, tests) flask metrics refresh --every calls the same two functions.

do $$
declare
    home text;
begin
    -- The setting exists only where pg_cron is preloaded; one that exists and is not ours to read counts as this database.
    begin
        home := current_setting('cron.database_name', true);
    exception when insufficient_privilege then
        home := current_database();
    end;
    if home is null then
        raise notice 'pg_cron is not preloaded: run flask metrics refresh --every 30s instead';
        return;
    end if;
    if home is distinct from current_database() then
        raise notice 'pg_cron lives in database %: run flask metrics refresh --every 30s instead', home;
        return;
    end if;
    if not exists (select from pg_extension where extname = 'pg_cron') then
        begin
            create extension pg_cron;
        exception when insufficient_privilege then
            raise notice 'creating pg_cron needs a superuser: create extension pg_cron; grant usage on schema cron to the owner';
            return;
        end;
    end if;
    -- The same name keeps its job: three loads leave one.
    perform cron.schedule('certus update metrics', '* * * * *', $job$select private.update_metrics_by('pg_cron')$job$);
    perform cron.schedule('certus refresh metrics', '23 * * * *', $job$select private.refresh_metrics_by('pg_cron')$job$);
    perform cron.schedule('certus forget old runs', '17 3 * * *',
        $job$delete from cron.job_run_details where end_time < now() - interval '7 days'$job$);
end
$$;
