#include "audit.h"

#include "log.h"

#include <pthread.h>
#include <stdlib.h>

struct audit {
    long references;
    paitify_audit_log *log;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

audit *audit_open(const char *path, paitify_error *error)
{
    paitify_audit_log_options options;
    paitify_audit_log_options_init(&options, sizeof options);
    options.path = path;
    audit *opened = calloc(1, sizeof *opened);
    if (opened == NULL) {
        error->status = PAITIFY_E_NO_MEMORY;
        return NULL;
    }
    opened->references = 1;
    if (paitify_audit_log_open(&options, &opened->log, error) == PAITIFY_OK) return opened;
    free(opened);
    return NULL;
}

audit *audit_retain(audit *opened)
{
    paitify_error error = PAITIFY_ERROR_INIT;
    pthread_mutex_lock(&lock);
    opened->references++;
    pthread_mutex_unlock(&lock);
    if (paitify_audit_log_reopen(opened->log, &error) != PAITIFY_OK) {
        log_message("error", "audit", error.message); /* it goes on in the file that it had */
    }
    return opened;
}

void audit_close(audit *opened)
{
    if (opened == NULL) return;
    pthread_mutex_lock(&lock);
    const int is_last = --opened->references == 0;
    pthread_mutex_unlock(&lock);
    if (!is_last) return;
    paitify_audit_log_close(opened->log);
    free(opened);
}

void audit_set(audit *opened, paitify_options *options)
{
    if (opened == NULL) return;
    options->audit = paitify_audit_log_record;
    options->audit_context = opened->log;
}

void audit_health(audit *opened, paitify_audit_info *info) { (void)paitify_audit_log_info(opened->log, info); }
