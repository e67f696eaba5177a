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

#include <libavutil/error.h>

#include "scenario_tables.h"

#define TIME(text, field) \
    RANGE(text, VALUE_TIME, Netem, field, 0, TIME_LIMIT)
#define SHARE(text, field) \
    RANGE(text, VALUE_SHARE, Netem, field, 0, 1)

static const Member gemodel_members[] = {
    SHARE("p", gilbert_p),
    SHARE("r", gilbert_r),
    SHARE("1-h", gilbert_bad),
    SHARE("1-k", gilbert_good),
    { 0 },
};

static int read_gemodel(JsonReader *r, const Node *node, void *target)
{
    Netem *netem = target;
    int ret;

    netem->gilbert_bad = 1;
    if ((ret = read_object(r, node, &gemodel_type, netem)) < 0)
        return ret;
    if (!netem->gilbert_p)
        return node_error(r, node, "'gemodel' needs 'p', the share of packets "
                          "after which losses begin");
    if (!netem->gilbert_r)
        return node_error(r, node, "'gemodel' needs 'r', the share of packets "
                          "after which losses end");
    return 0;
}

static const Member netem_members[] = {
    TIME("from", from),
    TIME("to", to),
    TIME("delay", delay),
    TIME("jitter", jitter),
    SHARE("delay_correlation", delay_correlation),
    SHARE("loss", loss),
    SHARE("loss_correlation", loss_correlation),
    CALL("gemodel", read_gemodel, &gemodel_type),
    MEMBER("trace", VALUE_FILE, Netem, trace),
    SHARE("duplicate", duplicate),
    SHARE("corrupt", corrupt),
    SHARE("reorder", reorder),
    RANGE("gap", VALUE_INTEGER, Netem, reorder_gap, 0, 1000000),
    RANGE("rate", VALUE_RATE, Netem, rate, 1000, 1e12),
    RANGE("limit", VALUE_INTEGER, Netem, limit, 1, 1000000),
    { 0 },
};

const char *netem_problem(const Netem *netem)
{
    if (!!netem->loss + !!netem->gilbert_p + !!netem->trace > 1)
        return "choose one of 'loss', 'gemodel' and 'trace'";
    if (netem->reorder && !netem->delay)
        return "'reorder' needs a 'delay' that the others have";
    if (netem->reorder_gap && !netem->reorder)
        return "'gap' needs a share to 'reorder'";
    if (netem->limit && !netem->rate)
        return "'limit' is of the queue before a 'rate'";
    if (netem->to && netem->to <= netem->from)
        return "'to' is to be after 'from'";
    return NULL;
}

static int end_netem(JsonReader *r, const Node *node, void *target)
{
    const Netem *netem  = target;
    const char *problem = netem_problem(netem);

    if (check_span(r, node, netem->from, netem->to) < 0)
        return AVERROR(EINVAL);
    return problem ? node_error(r, node, "%s", problem) : 0;
}

const ObjectType gemodel_type = {
    .what = "gemodel", .members = gemodel_members, .size = sizeof(Netem),
};

const ObjectType netem_type = {
    .what = "the network", .members = netem_members, .size = sizeof(Netem),
    .end = end_netem,
};
