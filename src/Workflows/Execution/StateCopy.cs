using System.Text.Json;
using System.Text.Json.Nodes;
using WorkflowEngine.Rules;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Expressions;

namespace WorkflowEngine.Workflows.Execution;

/// <summary>Copies a state into a burst and the burst into the next state, so that no state is ever changed.</summary>
internal static class StateCopy
{
    public static void Load(WorkflowState state, BurstRun run, List<CompletionCallback> callbacks)
    {
        var instances = new Dictionary<int, ActivityInstance>(state.Instances.Count);
        var definition = run.Definition;
        foreach (var record in state.Instances)
        {
            instances[record.Id] = Revive(record, definition);
        }

        // The order in which a later join or End cancels siblings is that of the last to open first, once a flow has slept.
        for (var i = state.Instances.Count - 1; i >= 0; i--)
        {
            var record = state.Instances[i];
            var instance = instances[record.Id];
            if (record.Parent is { } parent)
            {
                instance.AttachTo(instances[parent]);
            }

            if (record.Lexical is { } lexical)
            {
                instance.Lexical = instances[lexical];
            }

            run.Instances.Add(instance);
        }

        foreach (var record in state.Callbacks)
        {
            instances[record.Owner].OpenCallbacks++;
            callbacks.Add(new CompletionCallback(instances[record.Owner], definition.Node(record.ChildNodeId), record.Name, record.Tag));
        }

        foreach (var record in state.BookmarkRecords)
        {
            run.Bookmarks.Add(new OpenBookmark(record.Id, record.Kind, instances[record.Instance], record.Resume, record.Burns, record.Payload));
        }
    }

    /// <summary>The executions that a state at rest remembers: what is open, what is around it, and what waits for the end of a child.</summary>
    public static List<ActivityInstance> Kept(BurstRun run)
    {
        var kept = new HashSet<ActivityInstance>(run.Instances.Count);
        foreach (var instance in run.Instances)
        {
            if (!instance.IsClosed || ReferenceEquals(instance.Node, run.Definition.Root))
            {
                for (var at = instance; at is not null && kept.Add(at); at = at.Parent)
                {
                    for (var lexical = at.Lexical; lexical is not null && kept.Add(lexical); lexical = lexical.Lexical ?? lexical.Parent)
                    {
                    }
                }
            }
        }

        foreach (var callback in run.Callbacks)
        {
            for (var at = callback.Owner; at is not null && kept.Add(at); at = at.Parent)
            {
            }
        }

        var listed = run.Instances.FindAll(kept.Contains);
        if (listed.Count < kept.Count)
        {
            // Closed containers that still have something open below them were taken off the list when they closed.
            listed.InsertRange(0, kept.Except(listed).OrderBy(i => i.Id).ToList());
        }

        return listed;
    }

    public static WorkflowState Save(BurstRun run)
    {
        var listed = Kept(run);
        var isOver = run.IsFinished;
        return new WorkflowState(run.InstanceId, run.Definition.DefinitionId, run.Definition.Version, run.Case)
        {
            Revision = run.Revision,
            SubStatus = run.SubStatus,
            CorrelationId = run.CorrelationId,
            Name = run.Name,
            Outcome = run.Outcome,
            TriggerActivityId = run.TriggerActivityId,
            UsesTokens = run.UsesTokens,
            NextInstanceId = run.NextInstanceId,
            Inputs = Keep(run),
            Outputs = run.Outputs,
            Clocks = run.Clocks,
            Incidents = [.. run.Incidents.Select(i => i.IsSettled ? i with { Way = null, Arrival = null } : i)],
            Instances = [.. listed.Select(i => Rest(i, isOver))],
            Callbacks = [.. run.Callbacks.Select(c => new CallbackRecord(c.Owner.Id, c.Child.NodeId, c.Name, c.Tag))],
            BookmarkRecords = [.. run.Bookmarks.Select(b => new BookmarkRecord(b.Id, b.Kind, b.Instance.Id, b.Resume, b.Burns, b.Payload))],
            Bookmarks = [.. run.Bookmarks.Where(IsWaiting).Select(b => new Bookmark(b.Id, b.Instance.Node.Id, b.Instance.Node.Type, b.Payload))],
        };
    }

    /// <summary>A value read back from JSON as the type that its variable has.</summary>
    public static object? Settle(object? value, DataType? type)
    {
        var clr = type?.Clr ?? typeof(object);
        if (value is JsonElement element)
        {
            value = element.ValueKind switch
            {
                JsonValueKind.String => element.GetString(),
                JsonValueKind.Number when clr == typeof(object) => Conversion.Literal(element),
                JsonValueKind.Null or JsonValueKind.Undefined => null,
                JsonValueKind.True or JsonValueKind.False when clr == typeof(object) => JsonValue.Create(element.GetBoolean()),
                _ when clr == typeof(object) => Conversion.Plain(element),
                _ => value,
            };
        }

        if (value is null || value.GetType() == clr)
        {
            return value;
        }

        try
        {
            return Conversion.To(value, clr);
        }
        catch (ConversionException)
        {
            return value;
        }
    }

    /// <summary>Timers that belong to an open task are not waits of their own.</summary>
    private static bool IsWaiting(OpenBookmark bookmark) => bookmark.Kind != WaitKind.Timer || bookmark.Instance.Deadline is null;

    private static ActivityInstance Revive(InstanceRecord record, WorkflowDefinition definition)
    {
        var node = definition.Node(record.NodeId);
        var instance = new ActivityInstance(record.Id, node)
        {
            Status = record.Status,
            CameBackward = record.CameBackward,
            Tag = record.Tag,
            Memory = record.Memory is null ? null : new Dictionary<string, object>(record.Memory, StringComparer.Ordinal),
            Counts = record.Counts?.Copy(),
            Tokens = record.Tokens is null ? null : [.. record.Tokens],
            Side = record.Side,
            Deadline = record.Deadline,
        };
        foreach (var (id, value) in record.Variables ?? new Dictionary<string, object?>())
        {
            var declared = FindVariable(node, id);
            instance.Declare(declared, Settle(value, declared.Type) ?? VariableValues.Initial(declared));
        }

        return instance;
    }

    private static VariableDefinition FindVariable(ActivityNode node, string id)
    {
        foreach (var variable in node.Variables)
        {
            if (variable.Id == id)
            {
                return variable;
            }
        }

        return LoopVariables.Find(id) ?? new VariableDefinition(id, id, "Object", false, null, null, 0) { Type = DataType.Any, IsStored = true };
    }

    /// <summary>What goes to sleep empty or unstored wakes with its initial value.</summary>
    private static InstanceRecord Rest(ActivityInstance instance, bool isOver) =>
        new(instance.Id, instance.Node.NodeId, instance.Parent?.Id, instance.Lexical?.Id, instance.Status)
        {
            CameBackward = instance.CameBackward,
            Tag = instance.Tag,
            Variables = instance.Variables is null ? null : Rest(instance.Variables, isOver),
            Memory = instance.Memory is { Count: > 0 } memory ? memory : null,
            Counts = instance.Counts,
            Tokens = instance.Tokens,
            Side = instance.Side,
            Deadline = instance.Deadline,
        };

    /// <summary>Only the last of several stored variables with one name is stored.</summary>
    private static Dictionary<string, object?> Rest(Dictionary<string, VariableSlot> slots, bool isOver)
    {
        var last = new Dictionary<string, VariableSlot>(slots.Count, StringComparer.Ordinal);
        foreach (var slot in slots.Values)
        {
            last[slot.Definition.Name] = slot;
        }

        var values = new Dictionary<string, object?>(slots.Count, StringComparer.Ordinal);
        foreach (var (id, slot) in slots)
        {
            values[id] = isOver ? slot.Value : slot.Definition.IsStored && ReferenceEquals(last[slot.Definition.Name], slot) ? AfterSleep(slot) : null;
        }

        return values;
    }

    /// <summary>What a value is after it was stored as JSON and read back.</summary>
    private static object? AfterSleep(VariableSlot slot)
    {
        var type = slot.Definition.Type?.Clr ?? typeof(object);
        return slot.Value switch
        {
            null => null,
            string text when type == typeof(string) || type == typeof(object) => text,
            decimal number when type == typeof(object) => number,
            JsonElement element when type == typeof(object) => Settle(element, slot.Definition.Type),
            FactObject or List<object?> or Dictionary<string, object?> when type == typeof(object) => Conversion.Plain(slot.Value),
            FactObject members when type == typeof(FactObject) => members,
            var value when value.GetType() == type && type.IsPrimitive => value,
            var value => Settle(Conversion.ToElement(value), slot.Definition.Type),
        };
    }

    private static IReadOnlyDictionary<string, object?> Keep(BurstRun run)
    {
        if (run.Inputs.Count == 0)
        {
            return run.Inputs;
        }

        var stored = run.Definition.Inputs.Where(i => i.StorageDriver is not null).Select(i => i.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return run.Inputs.Where(i => stored.Contains(i.Key)).ToDictionary(i => i.Key, i => i.Value, StringComparer.Ordinal);
    }
}
