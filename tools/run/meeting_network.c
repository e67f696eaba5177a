/*
 * This file is part of ffmpeg-e2ee.
 *
 * ffmpeg-e2ee is free software; you can redistribute it and/or
 * modify it under the terms of the GNU Lesser General Public
 * License as published by the Free Software Foundation; either
 * version 2.1 of the License, or (at your option) any later version.
 *
 * ffmpeg-e2ee is distributed in the hope that it will be useful,
 * but WITHOUT ANY WARRANTY; without even the implied warranty of
 * MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the GNU
 * Lesser General Public License for more details.
 *
 * You should have received a copy of the GNU Lesser General Public
 * License along with ffmpeg-e2ee; if not, write to the Free Software
 * Foundation, Inc., 51 Franklin Street, Fifth Floor, Boston, MA 02110-1301 USA
 */

#include <string.h>

#include <libavutil/avstring.h>
#include <libavutil/error.h>
#include <libavutil/macros.h>
#include <libavutil/mem.h>

#include "meeting_plan.h"
#include "report/log.h"
#include "room/list.h"
#include "room/scenario_tables.h"

/** Whose network an argument is about. */
typedef struct Target {
    ParticipantPlan *participant; ///< NULL: everybody's
    const char      *words;       ///< behind the name
} Target;

static int set_member(const Member *members, const char *name,
                      const char *value, Netem *netem)
{
    const Member *m = member_find(members, name);
    const char *near = m ? NULL : member_nearest(members, name);
    char error[512];
    int ret;

    if (!m && near)
        log_error("--net: there is no '%s'; did you mean '%s'?", name, near);
    else if (!m)
        log_error("--net: there is no '%s'; the words are tc-netem's: delay, "
                  "jitter, loss, rate, ...", name);
    if (!m)
        return AVERROR(EINVAL);
    ret = value_from_text(m, value, netem, error, sizeof(error));
    if (ret < 0)
        log_error("--net: %s", ret == AVERROR(ENOMEM) ? "not enough memory"
                                                      : error);
    return ret;
}

/* "P,R[,1-H[,1-K]]", as tc has them behind the word. */
static int set_gemodel(char *value, Netem *netem)
{
    const Member *m = gemodel_type.members;
    char *saved = NULL, *word = av_strtok(value, ",", &saved);
    int ret = 0;

    netem->gilbert_bad = 1;
    for (; word && m->name && ret >= 0; m++) {
        ret  = set_member(gemodel_type.members, m->name, word, netem);
        word = av_strtok(NULL, ",", &saved);
    }
    if (ret >= 0 && (word || !netem->gilbert_p || !netem->gilbert_r)) {
        log_error("--net: give gemodel=P,R[,1-H[,1-K]] as tc-netem has it");
        ret = AVERROR(EINVAL);
    }
    return ret;
}

/* "word=value:word=value". */
static int set_words(const char *words, Netem *netem)
{
    char *copy = av_strdup(words), *saved = NULL, *word;
    const char *problem;
    int ret = copy ? 0 : AVERROR(ENOMEM);

    word = copy ? av_strtok(copy, ":", &saved) : NULL;
    for (; word && ret >= 0; word = av_strtok(NULL, ":", &saved)) {
        char *value = strchr(word, '=');

        if (value)
            *value++ = '\0';
        ret = value && !strcmp(word, "gemodel")
                  ? set_gemodel(value, netem)
                  : set_member(netem_type.members, word, value ? value : "",
                               netem);
    }
    if (ret >= 0 && (problem = netem_problem(netem))) {
        log_error("--net: %s", problem);
        ret = AVERROR(EINVAL);
    }
    av_free(copy);
    return ret;
}

static int add_span(Netem **spans, int *nb, const char *words)
{
    Netem *netem = list_add(spans, nb, sizeof(*netem));

    return netem ? set_words(words, netem) : AVERROR(ENOMEM);
}

static int find_target(Scenario *s, const char *argument, Target *target)
{
    size_t length = strcspn(argument, "=:");
    char name[64];
    int number;

    *target = (Target){ NULL, argument };
    av_strlcpy(name, argument, FFMIN(length + 1, sizeof(name)));
    if (argument[length] != '=' || !strcspn(argument + length + 1, "=:") ||
        member_find(netem_type.members, name))
        return 0;
    if ((number = scenario_find(s, name)) >= 0) {
        *target = (Target){ &s->participants[number], argument + length + 1 };
        return 0;
    }
    if (argument[length + 1 + strcspn(argument + length + 1, "=:")] != '=')
        return 0; /* a word that set_member() will not know */
    log_error("%s does not join; add --join %s", name, name);
    return AVERROR(EINVAL);
}

static void clear(Netem **spans, int *nb)
{
    for (int i = 0; i < *nb; i++)
        av_free((*spans)[i].trace);
    av_freep(spans);
    *nb = 0;
}

static void clear_participant(ParticipantPlan *p)
{
    clear(&p->uplink, &p->nb_uplink);
    clear(&p->downlink, &p->nb_downlink);
}

static int add_words(Scenario *s, const Target *t)
{
    ParticipantPlan *p = t->participant;
    int ret;

    if (!p)
        return add_span(&s->network, &s->nb_network, t->words);
    ret = add_span(&p->uplink, &p->nb_uplink, t->words);
    return ret < 0 ? ret : add_span(&p->downlink, &p->nb_downlink, t->words);
}

int plan_networks(Scenario *s, const char *const *arguments, int nb)
{
    Target target;
    int ret = 0;

    for (int i = 0; i < nb; i++) {
        if ((ret = find_target(s, arguments[i], &target)) < 0)
            return ret;
        if (target.participant) {
            clear_participant(target.participant);
            continue;
        }
        clear(&s->network, &s->nb_network);
        for (int j = 0; j < s->nb_participants; j++)
            clear_participant(&s->participants[j]);
    }
    for (int i = 0; i < nb && ret >= 0; i++)
        if ((ret = find_target(s, arguments[i], &target)) >= 0)
            ret = add_words(s, &target);
    return ret;
}
