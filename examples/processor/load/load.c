/*
 * load.c - charges every token once, over connections that stay open, and prints how fast and how late.
 *
 *     load PORT CONNECTIONS AMOUNT EXPECTED_STATUS TOKENS
 *
 * One line: requests a second, then the median, the 99th percentile and the maximum in microseconds. Fails if an answer
 * has another status.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BYTES_MAX = 16384, CONNECTIONS_MAX = 1024 };

static int port, connections, amount, expected;
static char **tokens;
static size_t count, next_token;
static int64_t *latencies;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void require(int holds, const char *what)
{
    if (holds) return;
    fprintf(stderr, "load: %s\n", what);
    exit(EXIT_FAILURE);
}

static int64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int open_connection(void)
{
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const int on = 1, opened = socket(AF_INET, SOCK_STREAM, 0);
    require(opened >= 0 && connect(opened, (const struct sockaddr *)&address, sizeof address) == 0, "no connection");
    setsockopt(opened, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return opened;
}

static size_t request_of(char *request, size_t index)
{
    char body[BYTES_MAX / 2];
    const int length = snprintf(body, sizeof body,
                                "{\"token\":\"%s\",\"amount\":%d,\"currency\":\"USD\",\"merchantId\":\"m_cloud\","
                                "\"transactionId\":\"t-%08zu\"}",
                                tokens[index], amount, index);
    return (size_t)snprintf(request, BYTES_MAX,
                            "POST /charge HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                            "Content-Length: %d\r\n\r\n%s",
                            length, body);
}

/* Reads one answer to its end, by its Content-Length, and returns its status. */
static int read_answer(int connection)
{
    char answer[BYTES_MAX];
    size_t length = 0;
    const char *body = NULL;
    long wanted = 0;
    while (body == NULL || length < (size_t)(body - answer) + (size_t)wanted) {
        const ssize_t got = read(connection, answer + length, sizeof answer - 1 - length);
        require(got > 0, "the connection closed");
        length += (size_t)got;
        answer[length] = 0;
        if (body != NULL || (body = strstr(answer, "\r\n\r\n")) == NULL) continue;
        body += 4;
        const char *field = strstr(answer, "Content-Length: ");
        require(field != NULL && field < body, "an answer without a length");
        wanted = strtol(field + 16, NULL, 10);
    }
    return (int)strtol(answer + 9, NULL, 10);
}

static void *charge_some(void *unused)
{
    char request[BYTES_MAX];
    const int connection = open_connection();
    (void)unused;
    for (;;) {
        pthread_mutex_lock(&lock);
        const size_t index = next_token < count ? next_token++ : count;
        pthread_mutex_unlock(&lock);
        if (index == count) break;
        const size_t length = request_of(request, index);
        const int64_t began = now_us();
        require(write(connection, request, length) == (ssize_t)length, "a request could not be written");
        const int status = read_answer(connection);
        latencies[index] = now_us() - began;
        require(status == expected, "an answer has another status than expected");
    }
    close(connection);
    return NULL;
}

static void read_tokens(const char *path)
{
    char *line = NULL;
    size_t capacity = 0, room = 0;
    ssize_t length;
    FILE *file = fopen(path, "r");
    require(file != NULL, path);
    while ((length = getline(&line, &capacity, file)) > 1) {
        if (count == room) {
            room = room * 2 + 1024;
            tokens = realloc(tokens, room * sizeof *tokens);
            require(tokens != NULL, "memory ran out");
        }
        line[length - 1] = 0;
        tokens[count++] = strdup(line);
    }
    free(line);
    fclose(file);
    require(count > 0, "there are no tokens");
}

static int by_size(const void *one, const void *other)
{
    const int64_t a = *(const int64_t *)one, b = *(const int64_t *)other;
    return (a > b) - (a < b);
}

int main(int argument_count, char **arguments)
{
    require(argument_count == 6, "usage: load PORT CONNECTIONS AMOUNT EXPECTED_STATUS TOKENS");
    port = atoi(arguments[1]);
    connections = atoi(arguments[2]);
    amount = atoi(arguments[3]);
    expected = atoi(arguments[4]);
    require(connections >= 1 && connections <= CONNECTIONS_MAX, "1 to 1024 connections");
    read_tokens(arguments[5]);
    latencies = calloc(count, sizeof *latencies);
    require(latencies != NULL, "memory ran out");

    pthread_t threads[CONNECTIONS_MAX];
    const int64_t began = now_us();
    for (int i = 0; i < connections; i++) {
        require(pthread_create(&threads[i], NULL, charge_some, NULL) == 0, "no thread");
    }
    for (int i = 0; i < connections; i++) pthread_join(threads[i], NULL);
    const int64_t took = now_us() - began;

    qsort(latencies, count, sizeof *latencies, by_size);
    printf("%.0f %lld %lld %lld\n", (double)count * 1e6 / (double)took, (long long)latencies[count / 2],
           (long long)latencies[count * 99 / 100], (long long)latencies[count - 1]);
    return EXIT_SUCCESS;
}
