using System.Globalization;
using WorkflowEngine.Workflows.Execution;
using WorkflowEngine.Workflows.Flowcharts;

namespace WorkflowEngine.Workflows.Soundness;

/// <summary>States packed whole, so that the net can go on from them.</summary>
internal sealed partial class NetState
{
    private readonly List<string> _bookmarkIds = [];

    /// <summary>The whole state, but for incidents, of which nothing depends.</summary>
    public ReadOnlySpan<byte> Pack(BurstRun run)
    {
        Take(run);
        _bytes.Add((byte)run.SubStatus);
        _bytes.AddNumber(TextNumber(run.Outcome));
        _bytes.AddNumber(run.NextInstanceId);
        _bytes.AddNumber(_kept.Count);
        foreach (var instance in _kept)
        {
            Pack(instance);
        }

        _bytes.AddNumber(run.Callbacks.Count);
        foreach (var callback in run.Callbacks)
        {
            _bytes.AddNumber(callback.Owner.Id);
            _bytes.AddNumber(net.NumberOf(callback.Child));
            _bytes.AddNumber(TextNumber(callback.Name));
            _bytes.AddNumber(callback.Tag ?? -1);
        }

        _bytes.AddNumber(run.Bookmarks.Count);
        foreach (var bookmark in run.Bookmarks)
        {
            _bytes.AddNumber(bookmark.Instance.Id);
        }

        return _bytes.Written;
    }

    /// <param name="before">The state before the first burst, of which what never changes is taken.</param>
    public WorkflowState Unpack(ReadOnlySpan<byte> packed, WorkflowState before, string? trigger)
    {
        var subStatus = (InstanceSubStatus)packed[0];
        packed = packed[1..];
        var outcome = Text(Bytes.ReadNumber(ref packed));
        var nextInstanceId = Bytes.ReadNumber(ref packed);
        var instances = new InstanceRecord[Bytes.ReadNumber(ref packed)];
        for (var i = 0; i < instances.Length; i++)
        {
            instances[i] = UnpackInstance(ref packed);
        }

        var callbacks = new CallbackRecord[Bytes.ReadNumber(ref packed)];
        for (var i = 0; i < callbacks.Length; i++)
        {
            var owner = Bytes.ReadNumber(ref packed);
            var child = net.Definition.Activities[Bytes.ReadNumber(ref packed)].NodeId;
            var name = Text(Bytes.ReadNumber(ref packed));
            callbacks[i] = new CallbackRecord(owner, child, name, Bytes.ReadNumber(ref packed) is >= 0 and var tag ? tag : null);
        }

        var bookmarks = new BookmarkRecord[Bytes.ReadNumber(ref packed)];
        for (var i = 0; i < bookmarks.Length; i++)
        {
            bookmarks[i] = new BookmarkRecord(BookmarkId(i), WaitKind.Message, Bytes.ReadNumber(ref packed), null, true, null);
        }

        return new WorkflowState(before.InstanceId, before.DefinitionId, before.DefinitionVersion, null)
        {
            SubStatus = subStatus,
            Outcome = outcome,
            UsesTokens = before.UsesTokens,
            TriggerActivityId = trigger,
            NextInstanceId = nextInstanceId,
            Instances = instances,
            Callbacks = callbacks,
            BookmarkRecords = bookmarks,
        };
    }

    /// <summary>Ids need only differ within a state: those of a burst's own effects look otherwise.</summary>
    private string BookmarkId(int number)
    {
        while (_bookmarkIds.Count <= number)
        {
            _bookmarkIds.Add(_bookmarkIds.Count.ToString(CultureInfo.InvariantCulture));
        }

        return _bookmarkIds[number];
    }

    private void Pack(ActivityInstance instance)
    {
        if (instance.Variables is { Count: > 0 } || instance.Deadline is not null)
        {
            throw new InvalidOperationException($"The net's activity '{instance.Node.Id}' has data.");
        }

        _bytes.AddNumber(instance.Id);
        _bytes.AddNumber(net.NumberOf(instance.Node));
        _bytes.AddNumber(instance.Parent?.Id ?? -1);
        _bytes.AddNumber(instance.Lexical?.Id ?? -1);
        _bytes.Add((byte)((int)instance.Status | (instance.CameBackward ? 0x80 : 0)));
        _bytes.AddNumber(instance.Tag ?? -1);
        AddMemory(instance);
        if (instance.Counts is { } counts)
        {
            _bytes.Add(1);
            PackRuns(counts.Activities.Length, i => counts.Activities[i]);
            PackRuns(counts.Edges.Length, i => (2 * counts.Edges[i]) + (counts.Followed[i] ? 1 : 0));
        }
        else
        {
            _bytes.Add(0);
        }

        _bytes.AddNumber(instance.Tokens?.Count ?? -1);
        foreach (var token in instance.Tokens ?? [])
        {
            AddToken(token);
        }

        if (instance.Side is { } side)
        {
            _bytes.AddNumber(TextNumber(side.Port));
            _bytes.AddNumber(side.InstanceId);
            _bytes.AddNumber(side.Source);
            _bytes.AddNumber(side.Ordinal);
        }
        else
        {
            _bytes.AddNumber(-1);
        }
    }

    private InstanceRecord UnpackInstance(ref ReadOnlySpan<byte> packed)
    {
        var id = Bytes.ReadNumber(ref packed);
        var node = net.Definition.Activities[Bytes.ReadNumber(ref packed)];
        var parent = Bytes.ReadNumber(ref packed);
        var lexical = Bytes.ReadNumber(ref packed);
        var status = packed[0];
        packed = packed[1..];
        var tag = Bytes.ReadNumber(ref packed);
        var memory = UnpackMemory(ref packed);
        var hasCounts = packed[0] == 1;
        packed = packed[1..];
        FlowCounts? counts = null;
        if (hasCounts)
        {
            var activities = UnpackRuns(ref packed);
            var edges = UnpackRuns(ref packed);
            counts = new FlowCounts(activities, Array.ConvertAll(edges, edge => edge / 2), Array.ConvertAll(edges, edge => edge % 2 == 1));
        }

        FlowToken[]? tokens = null;
        if (Bytes.ReadNumber(ref packed) is >= 0 and var count)
        {
            tokens = new FlowToken[count];
            for (var i = 0; i < count; i++)
            {
                tokens[i] = UnpackToken(ref packed);
            }
        }

        SideKey? side = null;
        if (Text(Bytes.ReadNumber(ref packed)) is { } port)
        {
            var of = Bytes.ReadNumber(ref packed);
            var source = Bytes.ReadNumber(ref packed);
            side = new SideKey(of, source, port, Bytes.ReadNumber(ref packed));
        }

        return new InstanceRecord(id, node.NodeId, parent < 0 ? null : parent, lexical < 0 ? null : lexical, (ActivityStatus)(status & 0x7f))
        {
            CameBackward = status >= 0x80,
            Tag = tag < 0 ? null : tag,
            Memory = memory,
            Counts = counts,
            Tokens = tokens,
            Side = side,
        };
    }

    private FlowToken UnpackToken(ref ReadOnlySpan<byte> packed)
    {
        var from = Bytes.ReadNumber(ref packed);
        var to = Bytes.ReadNumber(ref packed);
        var port = Text(Bytes.ReadNumber(ref packed));
        var marks = packed[0];
        packed = packed[1..];
        return new FlowToken(from, to, port, (marks & 1) != 0, (marks & 2) != 0);
    }

    private Dictionary<string, object>? UnpackMemory(ref ReadOnlySpan<byte> packed)
    {
        var count = Bytes.ReadNumber(ref packed);
        if (count == 0)
        {
            return null;
        }

        var memory = new Dictionary<string, object>(count, StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            var key = Text(Bytes.ReadNumber(ref packed))!;
            var kind = packed[0];
            packed = packed[1..];
            memory[key] = kind switch
            {
                2 => Bytes.ReadNumber(ref packed),
                3 => Text(Bytes.ReadNumber(ref packed))!,
                _ => kind == 1,
            };
        }

        return memory;
    }

    /// <summary>Numbers of which neighbours are mostly alike.</summary>
    private void PackRuns(int count, Func<int, int> at)
    {
        _bytes.AddNumber(count);
        for (var i = 0; i < count;)
        {
            var run = 1;
            while (i + run < count && at(i + run) == at(i))
            {
                run++;
            }

            _bytes.AddNumber(run);
            _bytes.AddNumber(at(i));
            i += run;
        }
    }

    private static int[] UnpackRuns(ref ReadOnlySpan<byte> packed)
    {
        var numbers = new int[Bytes.ReadNumber(ref packed)];
        for (var i = 0; i < numbers.Length;)
        {
            var run = Bytes.ReadNumber(ref packed);
            numbers.AsSpan(i, run).Fill(Bytes.ReadNumber(ref packed));
            i += run;
        }

        return numbers;
    }

    private string? Text(int number) => number < 0 ? null : _texts[number];
}
